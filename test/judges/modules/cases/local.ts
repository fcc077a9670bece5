/** What depends on the zone of the machine: only Python, asked in the same zone, can tell. */
export const local: readonly string[] = [
  'datetime(2020,1,1).astimezone()',
  'datetime(2020,1,1).timestamp()',
  'datetime(2020,1,1,0,0,0,1).timestamp()',
  'datetime.fromtimestamp(0)',
  'datetime.fromtimestamp(1.0000005)',
  'datetime.fromtimestamp(-1.5)',
  'date.fromtimestamp(86400)',
  "datetime(2020,1,5,15,4,3,7).strftime('%a %A %b %B %c %C %d %D %e %f %F %g %G %h %H %I %j %k %l %m %M %n %p %P %r %R %s %S %t %T %u %U %V %w %W %x %X %y %Y %z %Z %% %Q %-d %-m %_d %^a %#Z %5Y %Ey %Od %E %: %')",
  "datetime(2020,1,1).astimezone(pytz.timezone('Europe/Berlin'))|string",
]
