const sameAs: Readonly<Record<string, readonly string[]>> = {
  batch: ['bat', 'cmd', 'dos'],
  cpp: ['c++', 'cc', 'cxx', 'hpp'],
  csharp: ['c#', 'cs'],
  go: ['golang'],
  html: ['htm', 'xhtml'],
  javascript: ['js', 'jsx', 'mjs', 'cjs', 'node', 'ecmascript'],
  kotlin: ['kt', 'kts'],
  markdown: ['md'],
  perl: ['pl'],
  powershell: ['ps1', 'pwsh', 'posh', 'ps'],
  python: ['py', 'py3', 'python3', 'pycon'],
  ruby: ['rb'],
  rust: ['rs'],
  shell: ['sh', 'bash', 'zsh', 'ksh', 'fish', 'console', 'shell-session', 'shellscript', 'terminal'],
  sql: ['mysql', 'postgresql', 'postgres', 'psql', 'plsql', 'tsql', 'sqlite'],
  text: ['', 'txt', 'plain', 'plaintext', 'none'],
  typescript: ['ts', 'tsx', 'mts', 'cts'],
  vbscript: ['vbs'],
  yaml: ['yml'],
};

const names = new Map(
  Object.entries(sameAs).flatMap(([language, others]) => others.map((other) => [other, language])),
);

/** One name for all that a language is called; `text` where no language is named. @internal */
export function languageNamed(name: string): string {
  const plain = name.trim().toLowerCase();
  return names.get(plain) ?? plain;
}
