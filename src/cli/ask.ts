/** Asks the person at the terminal. Each throws a PipefleetError when nobody is there to answer, or does not want to. */
export interface Ask {
  confirm(question: string): Promise<boolean>;
  /** What is typed is not shown. */
  secret(question: string): Promise<string>;
  text(question: string): Promise<string>;
}
