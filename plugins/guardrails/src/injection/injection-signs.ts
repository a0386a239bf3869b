/** One way of telling a model to leave its task, in letters without case and marks. */
export interface InjectionSign {
  readonly name: string;
  /** Words one of which is in all that the pattern matches: few texts have any, and need not be looked at further. */
  readonly hint: RegExp;
  readonly pattern: RegExp;
  /** Two weak ones near each other count as one. */
  readonly weight: 'strong' | 'weak';
}

const word = String.raw`[\p{L}\p{N}'’-]+`;
/** Some words in one sentence. */
const some = (most: number) => String.raw`(?:[\s,"'(]+${word}){0,${most}}[\s,"'(]+`;

// What is to be left, and by what name.
const before =
  '(?:previous|prior|above|earlier|preceding|foregoing|former|initial|original|existing|system|past)';
const orders =
  '(?:instructions?|prompts?|rules?|directions?|directives?|training|commands?|tasks?|assignments?|orders?|guidelines?|guidance|programming|context|conversation|information|messages?|restrictions?|polic(?:y|ies))';
const leave =
  '(?:ignor(?:e|ing)|disregard(?:ing)?|forget(?:ting)?|overrid(?:e|ing)|bypass(?:ing)?|neglect|discard|erase|abandon|violate|drop)';

const vorher =
  '(?:vorherig|vorangegangen|vorangehend|vorig|bisherig|obig|fruher|ursprunglich|alt|davor|vorher|zuvor|oben)';
const auftrage =
  '(?:anweisung|befehl|aufgabe|auftrag|auftrage|angabe|instruktion|vorgabe|regel|information|prompt|anordnung|richtlinie|ausfuhrung)';
const vergiss = '(?:ignorier(?:e|en)?|vergiss|vergesse|vergessen sie|missachte|verwirf|losche)';

/** As letters are compared: without marks, and Hangul in its parts. */
const folded = (pattern: string) => pattern.normalize('NFKD').replaceAll(/\p{M}/gu, '');

/**
 * The signs, each written for letters without case and marks. English and German are the best covered; other
 * languages have the common forms.
 */
export const injectionSigns: readonly InjectionSign[] = [
  {
    name: 'leave instructions',
    hint: /ignor|disregard|forget|overrid|bypass|neglect|discard|erase|abandon|violate|drop/,
    weight: 'strong',
    pattern: new RegExp(
      String.raw`\b${leave}${some(4)}(?:${before}\s+(?:${word}\s+){0,2}${orders}|(?:all|any|every|these|those|your|my|the)\s+(?:${word}\s+){0,2}(?:instructions?|prompts?|directi(?:ons?|ves?)|commands?|assignments?|orders|guidelines|programming|restrictions|rules|safety (?:protocols?|measures?)|(?:safety|content|ethical) (?:filters?|polic(?:y|ies)|guidelines|guardrails)))\b`,
      'u',
    ),
  },
  {
    name: 'leave all before',
    hint: /forget|ignore|disregard/,
    weight: 'strong',
    pattern: new RegExp(
      String.raw`\b(?:forget|ignore|disregard)\s+(?:about\s+)?(?:all|everything|anything|what|the|it)?\s*(?:of\s+)?(?:that\s+)?(?:was\s+|we\s+|you\s+|i\s+|were\s+)?(?:${word}\s+){0,2}(?:above|before(?:hand)?(?:\s+that)?|previously|earlier|so far|(?:said|told|learned|know) (?:before|above|earlier|so far))\b|\bforget\s+(?:everything|it all|all (?:about )?the)\b`,
      'u',
    ),
  },
  {
    name: 'leave instructions, German',
    hint: /ignor|vergiss|vergess|missacht|verwirf|losche|hinter sich/,
    weight: 'strong',
    pattern: new RegExp(
      String.raw`\b${vergiss}${some(4)}(?:${vorher}|${auftrage})|\b(?:vergiss|ignoriere|vergessen sie|ignorieren sie)\s+(?:nun\s+|jetzt\s+)?(?:alles|alle)\b|\b(?:${vorher}en|alle[sn]?|diese)\s+(?:${word}\s+){0,2}${auftrage}${word}\s+(?:${word}\s+){0,3}(?:ignorier|vergess|missacht|hinter sich)`,
      'u',
    ),
  },
  {
    name: 'leave instructions, Spanish, French, Italian, Portuguese',
    hint: /ignor|olvid|desestima|descarta|oubli|dimentica|esquec/,
    weight: 'strong',
    pattern: new RegExp(
      String.raw`\b(?:ignor(?:a|e|ez|er|are|ate|ar)|olvid[ae]|olvidate|desestima|descarta|oubli(?:e|ez|er)|dimentica|esque[cç]a)${some(5)}(?:instruc\p{L}+|istruzioni|consignes|ordenes|ordres|instructions precedentes|anteriores?|precedent\p{L}*|tout ce qui|todo lo (?:anterior|que))`,
      'u',
    ),
  },
  {
    name: 'leave instructions, other languages',
    hint: new RegExp(
      folded(
        'zaborav|zapomn|zignoruj|negeer|vergeet|glom|ignorer|забуд|игнориру|忽略|无视|無視|忘记|忘れ|무시|잊어|تجاهل|unut|yok say',
      ),
      'u',
    ),
    weight: 'strong',
    pattern: new RegExp(
      folded(
        String.raw`\b(?:zaboravi(?:te)?|zapomnij|zignoruj|zapomen|negeer|vergeet|glom|ignorer)${some(3)}(?:instru\p{L}+|uputstv\p{L}+|polecen\p{L}+|pokyn\p{L}*|opdracht\p{L}*|regler|alles hierboven)|(?:забудь|игнорируй)(?:те)?(?:\s+\p{L}+){0,3}\s+(?:инструкци|указани|команд)|(?:忽略|无视|忘记)[^。\n]{0,12}(?:指令|指示|提示|规则|规定)|(?:指示|命令|ルール)[^。\n]{0,8}(?:無視|忘れ)|(?:지시|명령|규칙)\S{0,3}\s*(?:\S+\s+){0,2}(?:무시|잊어)|تجاهل[^.\n]{0,20}(?:التعليمات|الاوامر)|(?:talimat|kural|komut)\p{L}*\s+(?:unut|yok say|gormezden gel)`,
      ),
      'u',
    ),
  },
  {
    name: 'ask for the prompt',
    hint: /prompt|instruction|system message|above|beginning of|anfang|eingabeaufforderung/,
    weight: 'strong',
    pattern: new RegExp(
      String.raw`\b(?:show|print|reveal|repeat|output|display|tell|spell|copy|write|give|return|leak|expose|dump|share|list|recite|what (?:was|is|were|are)|zeige?n?|nenne|wiederhole|gib|verrate|drucken?|schreibe)${some(6)}(?:system prompt|prompt[\s-]?texts?\w*|(?:obige|gesamte|ganze) eingabeaufforderung|(?:initial|original|full|entire|hidden|secret|whole|above|own|your|deine?n?|ihre?n?|gesamten?) (?:${word}\s+){0,2}(?:prompts?|instructions?|system message)|(?:text|words|everything|sentences?|lines?|content) above|beginning of (?:this|the|our|your) (?:prompt|conversation|chat|text)|anfang (?:dieses|des|dieser) (?:prompt|gesprach|unterhaltung|konversation))`,
      'u',
    ),
  },
  {
    name: 'new instructions',
    hint: /new |neue|further|more |other |additional|next |weitere|start /,
    weight: 'strong',
    pattern: new RegExp(
      String.raw`\b(?:new|further|more|other|additional|next) (?:tasks?|instructions?|orders|assignments?|commands?)(?: now)? (?:follows?|are followed|begins?|for you)\b|\b(?:focus|concentrate) on (?:your|the|this) new task\b|\bnew instructions?\s*:|\b(?:neue|weitere) (?:aufgaben?|anweisung(?:en)?|befehle|instruktionen|auftrage)\s+(?:folg|fur dich)|\bfolgen\s+(?:nun\s+|jetzt\s+)?(?:neue|weitere) (?:aufgaben?|anweisung|befehle)|\bkonzentriere?n?\s+(?:dich|sie sich)\s+(?:${word}\s+){0,3}neue\s+aufgabe|\bwe(?:'ll| will)? (?:re)?start (?:over |again )?(?:with a new|from (?:the )?(?:front|scratch|beginning))`,
      'u',
    ),
  },
  {
    name: 'other instructions',
    hint: /instru|documents|articles|context|knowledge|gesagt|statement/,
    weight: 'strong',
    pattern: new RegExp(
      String.raw`\b(?:change|replace|update) your instructions? (?:to|with|by)\b|\b(?:additional|further|new|final) (?:instructions?|statement)\s*[-:]|\babweichend (?:zu|von) (?:den )?(?:${word}\s+)?instruktionen|\bhore? nicht auf (?:${word}\s+){0,3}(?:gesagt|geschrieben)|\b(?:do not|don't|never) (?:look|search) (?:in|at|into|through) (?:the|any) (?:documents|articles|context)|\b(?:ignor(?:e|ing)|disregard) (?:${word}\s+){0,2}provided (?:context|documents?|articles?|information)|\bby your own knowledge\b`,
      'u',
    ),
  },
  {
    name: 'stop, and do this',
    hint: /stop|halt/,
    weight: 'strong',
    pattern:
      /\b(?:stopp?|halt)\s*[-:\u2013]+\s*(?:now\s+|nun\s+|jetzt\s+)?(?:write|say|print|tell|answer|output|i (?:urgently )?need|schreibe?|sag|gib|antworte|ich (?:benotige|brauche))\b/u,
  },
  {
    name: 'the task is done, here is another',
    hint: /enough|outdone|genugt|reicht|ubertroffen/,
    weight: 'strong',
    pattern:
      /\b(?:(?:very good|well done|great|good job|sehr gut|gut gemacht|super|toll)\b[^\n]{0,60}\b(?:that(?: i|')s enough|das (?:genugt|reicht))|you(?:'ve| have) outdone yourself|damit hast du dich selbst ubertroffen)\b[^\n]{0,120}\b(?:now|next|another|further|nun|jetzt|folgender|weiteren?)\b/u,
  },
  {
    name: 'a role that is never left',
    hint: /actor|schauspiel|role|rolle|character|figur/,
    weight: 'strong',
    pattern:
      /\b(?:actors?|characters?|schauspieler\p{L}*|figuren)\b[^\n]{0,200}\b(?:(?:stay|remain)s? (?:in|within) (?:their|his|her|the) (?:roles?|characters?)|bleib\p{L}* (?:immer |stets )?in ihre[nr] rollen?|(?:breaking out|falling out|fall out|break out) of (?:their |the |his |her )?(?:characters?|roles?|figure)|aus (?:ihrer|der) (?:rolle|figur)(?: zu)? fallen)/u,
  },
  {
    name: 'line ends written out',
    hint: /\\ ?n/,
    weight: 'strong',
    pattern: /(?:\\ ?n\s*){6,}|={4,}\s*end\b/u,
  },
  {
    name: 'no rules',
    hint: /anything now|jailbr|mode|no |without|free |bound|ignore|restricted|limited/,
    weight: 'strong',
    pattern: new RegExp(
      String.raw`\b(?:do anything now|jailbr(?:eak|oken)(?:ed)? (?:mode|prompt|version|ai|model)|developer mode (?:enabled|on|activated|v\d)|(?:enable|activate|enter|switch (?:in)?to|are (?:now )?in) (?:${word}\s+){0,2}(?:developer|dan|god|jailbreak|debug|admin|unrestricted|sudo) mode|(?:no|without(?: any)?|free (?:of|from)(?: any| all)?|not bound by(?: any)?|unbound by(?: any)?|ignores? (?:all|any)) (?:${word}\s+){0,2}(?:restrictions|filters|guidelines|ethical|censorship|moral(?:s|ity)?|safety (?:rules|guidelines|filters)|content polic\p{L}+)[^.]{0,80}\b(?:you|ai|model|assistant|respond|answer|comply)|you (?:have|are) (?:no longer|not) (?:bound|restricted|limited) by)\b`,
      'u',
    ),
  },
  {
    name: 'an assistant without rules',
    hint: /polic|restrict|ethical|moral|filter|guardrails|censor|safety|jailbroken/,
    weight: 'strong',
    pattern: new RegExp(
      String.raw`\b(?:you(?:'re| are)?|act as|ai|assistant|chatbot|model|persona)\b[^.\n]{0,40}\b(?:with(?:out)?|has|have|having|free of|there are) (?:no |any )?(?:${word}\s+){0,1}(?:content polic(?:y|ies)|ethical (?:restrictions|guidelines|bias|limits)|moral (?:restrictions|guidelines)|restrictions|content filters?|safety (?:filters?|guidelines|rules)|guardrails|censorship)\b|\b(?:an )?(?:unrestricted|unfiltered|uncensored|jailbroken) (?:ai|assistant|chatbot|model|language model|version of (?:you|gpt|chatgpt))\b|\b(?:respond|answer|reply)\b[^.\n]{0,40}\bwithout (?:any )?(?:filter(?:ing|s)?|censorship|restrictions)\b`,
      'u',
    ),
  },
  {
    name: 'markers of a prompt',
    hint: /<|\[|#|end of|beginning of/,
    weight: 'strong',
    pattern:
      /<\|(?:im_start|im_end|system|user|assistant|endoftext|start_header_id|eot_id)\|>|\[\/?inst\]|<<\/?sys>>|#{2,} ?(?:new )?(?:system|admin|developer)(?: prompt| message| override| instructions?)? ?[:\]]|<\/?(?:system|instructions?|system_prompt|admin)>|(?:end|beginning) of (?:the )?(?:system )?(?:prompt|instructions|context)\b/u,
  },
  {
    name: 'keep from the user',
    hint: /user|human|customer|operator/,
    weight: 'strong',
    pattern: new RegExp(
      String.raw`\b(?:do not|don't|never|without) (?:tell(?:ing)?|mention(?:ing)?|inform(?:ing)?|reveal(?:ing)?|alert(?:ing)?|notify(?:ing)?) (?:${word}\s+){0,3}(?:user|human|customer|operator)\b`,
      'u',
    ),
  },
  {
    name: 'new role',
    hint: /you |bist|jetzt|from now on|pretend|dass |character|role|rolle/,
    weight: 'weak',
    pattern: new RegExp(
      String.raw`\b(?:(?:now )?you are (?:now )?(?:${word}\s+){0,2}(?:an? evil|dan|no longer|not an ai)|(?:okay|ok|alright|now|from now on)[,.!]?\s+(?:now )?you (?:are|will be|act|respond|play)|jetzt bist du|nun bist du|du bist (?:jetzt|nun)|ab jetzt|from now on|pretend (?:that )?(?:you|to be)|stell dir vor,? du (?:bist|warst)|i want you to act as|ich mochte,? dass (?:du|sie) (?:${word}\s+){0,3}(?:agier|fungier|handel)|imagine (?:that )?you are an? (?:evil|unfiltered|uncensored)|stay(?:s|ing)? in (?:${word}\s+)?(?:role|character)s?|do(?:es)? not break character|bleib\p{L}* (?:${word}\s+){0,4}rolle)`,
      'u',
    ),
  },
  {
    name: 'the task is done',
    hint: /done|good|great|excellent|perfe|gut|ausgezeichnet|hervorragend|enough|genugt|reicht|outdone|ubertroffen/,
    weight: 'weak',
    pattern:
      /\b(?:very )?(?:well done|good job|great job|excellent (?:work|performance|job)|very good|perfect)\b[^\n]{0,60}\b(?:now|but now|next|further)\b|\b(?:sehr gut(?: gemacht)?|gut gemacht|ausgezeichnet\p{L}*|perfekt|hervorragend\p{L}*)\b[^\n]{0,80}\b(?:nun|jetzt|weitere[nrs]?)\b|\bthat (?:is|was) (?:enough|done)\b|\bdas (?:genugt|reicht)\b|\byou(?:'ve| have) outdone yourself\b|\bdamit hast du dich selbst ubertroffen\b/u,
  },
  {
    name: 'instead',
    hint: /instead|stattdessen|pwned|lol|hacked|i have been/,
    weight: 'weak',
    pattern:
      /\b(?:and )?instead[, ]+(?:output|print|say|write|respond|reply|answer|tell|do)\b|\b(?:say|write|print|respond|reply with|answer with|output)\b[^\n.]{0,30}\b(?:pwned|lol|hacked|i have been)\b|\bhaha,? pwned\b|\b(?:stattdessen)\b/u,
  },
  {
    name: 'attention',
    hint: /attention|achtung|stop|wait|halt|important|wichtig/,
    weight: 'weak',
    pattern: /^\W*(?:attention|achtung|stopp?|wait|halt|important|wichtig)\b\W/u,
  },
  {
    name: 'evil',
    hint: /filtered|censored|moral|ethical|evil|bose|harmful|illegal|exploit|auszunutzen/,
    weight: 'weak',
    pattern:
      /\b(?:unfiltered|uncensored|amoral|unethical|evil (?:ai|bot|twin|assistant)|bose ki|no matter how (?:harmful|illegal|unethical)|exploit(?:ing|iere)? (?:ai|ki)|ki-systeme auszunutzen)\b/u,
  },
];
