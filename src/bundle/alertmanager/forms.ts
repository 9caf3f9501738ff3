/** One way to write the same message: what is escaped, and how a link looks. */
export interface Form {
  readonly name: string;
  /** What a value of an alert goes through, as the end of a pipeline of Go's templates. */
  readonly escape: string;
  /** Begins the line of one alert. */
  readonly bullet: string;
  /** A link to an address that a variable holds. */
  readonly link: (label: string, variable: string) => string;
  /** Between two links of the last line. */
  readonly between: string;
}

/** For e-mail without HTML, and for details of PagerDuty. */
export const TEXT: Form = {
  name: 'text',
  escape: '',
  bullet: '- ',
  link: (label, variable) => `${label}: {{ ${variable} }}`,
  between: '\\n',
};

/** The few tags that Telegram takes. Go's templates escape for HTML by themselves; addresses have been judged before. */
export const BODY: Form = {
  name: 'body',
  escape: '',
  bullet: '• ',
  link: (label, variable) => `<a href="{{ ${variable} | safeUrl }}">${label}</a>`,
  between: ' · ',
};

/** A "<" begins what Slack obeys: a mention, a link. */
export const SLACK: Form = {
  name: 'slack',
  escape: ' | reReplaceAll "&" "&amp;" | reReplaceAll "<" "&lt;" | reReplaceAll ">" "&gt;"',
  bullet: '• ',
  link: (label, variable) => `<{{ ${variable} }}|${label}>`,
  between: ' · ',
};

/** Discord reads Markdown, in which a value could hide an address behind a word. */
export const DISCORD: Form = {
  name: 'discord',
  escape: String.raw` | reReplaceAll "([\\\\*_~|\x60\\[\\]()<>#@])" "\\$1"`,
  bullet: '- ',
  link: (label, variable) => `[${label}]({{ ${variable} }})`,
  between: ' · ',
};
