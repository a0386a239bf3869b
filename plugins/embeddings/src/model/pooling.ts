/** How the vectors of a text's tokens become the vector of the text. @since 0.1.0 */
export type Pooling = 'mean' | 'cls' | 'max';
