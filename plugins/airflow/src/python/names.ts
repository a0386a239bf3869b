/** Words that a variable cannot or must not be called: Python's own, and what the files define or rely on. */
const reserved = new Set(
  // Keywords, in lower case as all names here are.
  (
    'and as assert async await break case class continue def del elif else except false finally for from global if ' +
    'import in is lambda match none nonlocal not or pass raise return true try type while with yield ' +
    // Built-in names: shadowed in the module, they would be gone from its functions.
    'abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex copyright ' +
    'credits delattr dict dir divmod enumerate eval exec exit filter float format frozenset getattr globals hasattr hash ' +
    'help hex id input int isinstance issubclass iter len license list locals map max memoryview min next object oct open ' +
    'ord pow print property quit range repr reversed round set setattr slice sorted staticmethod str sum super tuple vars zip ' +
    // What the file imports and defines.
    'dag base64 datetime hashlib json os signal subprocess tempfile time timedelta timezone answer_of answer_of_items environment ' +
    'flow_input is_given go_on_behind check_size keep_answer run_id_of flow_output flow_ending'
  ).split(' '),
);
const maxLength = 40;

/** Gives each text a Python variable of its own, in snake case. */
export function createNames(): (text: string) => string {
  const used = new Set(reserved);
  const counts = new Map<string, number>();
  return (text) => {
    const words = text.match(/[A-Za-z0-9]+/g) ?? [];
    const snake = words.join('_').toLowerCase().slice(0, maxLength).replace(/_$/, '');
    const base = /^[a-z]/.test(snake) && !reserved.has(snake) ? snake : snake ? `step_${snake}` : 'step';
    let name = base;
    for (let n = counts.get(base) ?? 2; used.has(name); n++) {
      name = `${base}_${n}`;
      counts.set(base, n + 1);
    }
    used.add(name);
    return name;
  };
}
