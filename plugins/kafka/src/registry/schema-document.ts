/** Another schema that a schema imports or names. @since 0.1.0 */
export interface SchemaReference {
  /** What the schema calls it: the path of an import in Protobuf, the full name of a type in Avro. */
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}

/** A schema as a registry has it. */
export interface SchemaDocument {
  readonly type: 'AVRO' | 'PROTOBUF' | 'JSON';
  readonly text: string;
  readonly references: readonly SchemaReference[];
}

export interface IdentifiedSchema extends SchemaDocument {
  readonly id: number;
}

export interface NamedSchema extends SchemaDocument {
  readonly name: string;
}
