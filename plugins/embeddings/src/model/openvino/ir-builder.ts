/** An output of an operation. */
export interface Port {
  readonly layer: number;
  readonly port: number;
}

type Attributes = Readonly<Record<string, string | number>>;

/** Collects the operations of OpenVINO's own format (IR), and the constants that are not tensors of the model. */
export interface IrBuilder {
  /** Adds an operation, and gives its outputs. `version` is that of the set of operators which first had it so. */
  add(
    type: string,
    version: string,
    attributes: Attributes,
    inputs: readonly Port[],
    outputs?: readonly IrOutput[],
  ): readonly Port[];
  /** A constant whose elements are in the file of weights. */
  constant(elementType: string, shape: readonly number[], offset: number, bytes: number): Port;
  /** Whole numbers, as a list or a scalar. */
  integers(values: readonly number[], shape?: readonly number[]): Port;
  /** A list or a scalar of floats. */
  floats(values: readonly number[], shape?: readonly number[]): Port;
  /** The description of the network. */
  xml(name: string): string;
  /** What the file of weights has behind the tensors. */
  readonly constants: Uint8Array;
}

/** What an operation gives, as far as it has to be said. */
export interface IrOutput {
  readonly name?: string;
  readonly precision?: string;
  readonly shape?: readonly number[];
}

/** @param tensorBytes - How long the part of the file of weights is that holds the tensors. */
export function irBuilder(tensorBytes: number): IrBuilder {
  const layers: string[] = [];
  const edges: string[] = [];
  const kept: Buffer[] = [];
  let end = tensorBytes;

  const add: IrBuilder['add'] = (type, version, attributes, inputs, outputs = [{}]) => {
    const id = layers.length;
    for (const [to, { layer, port }] of inputs.entries()) {
      edges.push(`<edge from-layer="${layer}" from-port="${port}" to-layer="${id}" to-port="${to}"/>`);
    }
    const first = inputs.length;
    const ports = [
      inputs.length > 0 ? `<input>${inputs.map((_, i) => `<port id="${i}"/>`).join('')}</input>` : '',
      outputs.length > 0
        ? `<output>${outputs.map((output, i) => portXml(first + i, output)).join('')}</output>`
        : '',
    ];
    const data = Object.keys(attributes).length > 0 ? `<data${attributesXml(attributes)}/>` : '';
    const named = { id, name: outputs[0]?.name ?? `${type}_${id}`, type, version };
    layers.push(`<layer${attributesXml(named)}>${data}${ports.join('')}</layer>`);
    return outputs.map((_, i) => ({ layer: id, port: first + i }));
  };
  const constant: IrBuilder['constant'] = (elementType, shape, offset, bytes) => {
    const attributes = { element_type: elementType, shape: shape.join(','), offset, size: bytes };
    return only(add('Const', 'opset1', attributes, [], [{ shape }]));
  };
  const keep = (elementType: string, shape: readonly number[], bytes: Buffer) => {
    const offset = end;
    kept.push(bytes);
    end += bytes.byteLength;
    return constant(elementType, shape, offset, bytes.byteLength);
  };
  return {
    add,
    constant,
    integers: (values, shape = [values.length]) =>
      keep('i64', shape, Buffer.from(BigInt64Array.from(values, BigInt).buffer)),
    floats: (values, shape = [values.length]) =>
      keep('f32', shape, Buffer.from(Float32Array.from(values).buffer)),
    xml: (name) =>
      `<?xml version="1.0"?>\n<net${attributesXml({ name, version: 11 })}>\n<layers>\n${layers.join('\n')}\n</layers>\n<edges>\n${edges.join('\n')}\n</edges>\n</net>\n`,
    get constants() {
      return Buffer.concat(kept);
    },
  };
}

/** The one output of an operation that has one. */
export function only(ports: readonly Port[]): Port {
  const [port] = ports;
  if (!port || ports.length > 1) throw new TypeError('the operation does not have one output');
  return port;
}

/** The engine finds out precisions and shapes by itself, but wants to be told that it has to. */
function portXml(id: number, { name, precision = 'UNSPECIFIED', shape = [] }: IrOutput): string {
  const attributes = { id, precision, ...(name && { names: name }) };
  return `<port${attributesXml(attributes)}>${shape.map((size) => `<dim>${size}</dim>`).join('')}</port>`;
}

function attributesXml(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(
      ([name, value]) =>
        ` ${name}="${String(value).replace(/[<>&"']/g, (sign) => `&#${sign.charCodeAt(0)};`)}"`,
    )
    .join('');
}
