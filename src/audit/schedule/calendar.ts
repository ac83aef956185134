/** A calendar expression as cron would write it. `zone` is the one that it names. */
interface AsCron {
  readonly expression: string;
  readonly zone: string | undefined;
}

const normalized = /^(?:([A-Z][\w.,]*) )?\*-(\S+)-(\S+) ([^\s:]+):([^\s:]+):(\S+)(?: (\S+))?$/;

/**
 * Takes a calendar expression of systemd in its normalized form, as `Mon..Fri *-*-* 02:00/5:00`, and returns the
 * same in cron’s words. Undefined where cron has none: years, days counted from the month’s end, several seconds,
 * and a weekday beside a day of the month, which systemd joins by and, cron by or.
 */
export function cronOf(calendar: string): AsCron | undefined {
  const [, weekdays, months, days, hours, minutes, seconds, zone] = normalized.exec(calendar) ?? [];
  if (months === undefined || days === undefined || hours === undefined || minutes === undefined)
    return undefined;
  if (!/^\d+$/.test(seconds ?? '') || (weekdays !== undefined && days !== '*')) return undefined;
  const fields = [
    fieldOf(minutes, 59),
    fieldOf(hours, 23),
    fieldOf(days, 31),
    fieldOf(months, 12),
    weekdays === undefined ? '*' : weekdaysOf(weekdays),
  ];
  if (fields.includes(undefined)) return undefined;
  return { expression: fields.join(' '), zone };
}

/** `00/5`, `08..18`, `02,14`; undefined for anything else. */
function fieldOf(text: string, most: number): string | undefined {
  const parts = text.split(',').map((part) => {
    if (part === '*') return '*';
    const [, from, to, step] = /^(\d+)(?:\.\.(\d+))?(?:\/(\d+))?$/.exec(part) ?? [];
    if (from === undefined) return undefined;
    const end = to ?? (step === undefined ? undefined : most);
    const range = end === undefined ? Number(from) : `${Number(from)}-${Number(end)}`;
    return step === undefined ? `${range}` : `${range}/${Number(step)}`;
  });
  return parts.includes(undefined) ? undefined : parts.join(',');
}

const weekdayNumbers: Readonly<Record<string, number>> = {
  Mon: 1,
  Tue: 2,
  Wed: 3,
  Thu: 4,
  Fri: 5,
  Sat: 6,
  Sun: 7,
};

/** `Mon..Fri`, `Sat,Sun`. systemd’s week begins on Monday. */
function weekdaysOf(text: string): string | undefined {
  const parts = text.split(',').map((part) => {
    const ends = part.split('..').map((name) => weekdayNumbers[name]);
    return ends.includes(undefined) || ends.length > 2 ? undefined : ends.join('-');
  });
  return parts.includes(undefined) ? undefined : parts.join(',');
}
