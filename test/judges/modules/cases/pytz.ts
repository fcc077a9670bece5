import type { Row } from './index.ts'

/** Python's `pytz`, and datetimes that go into its zones and out of them. */
export const pytzRows: readonly Row[] = [
  [
    "datetime.fromtimestamp(1593561600,pytz.timezone('America/New_York'))",
    "[datetime.datetime(2020, 6, 30, 20, 0, tzinfo=<DstTzInfo 'America/New_York' EDT-1 day, 20:00:00 DST>)]",
  ],
  ['{datetime(2020,1,1,tzinfo=pytz.utc): 1}[datetime(2020,1,1,tzinfo=pytz.FixedOffset(0))]', '[1]'],
  ["pytz.timezone('America/New_York')", "[<DstTzInfo 'America/New_York' LMT-1 day, 19:04:00 STD>]"],
  ["pytz.timezone('America/New_York')|string", "['America/New_York']"],
  ["pytz.timezone('europe/berlin')", "[<DstTzInfo 'Europe/Berlin' LMT+0:53:00 STD>]"],
  ["pytz.timezone('X')", "! UnknownTimeZoneError: 'X'"],
  ['pytz.timezone(None)', '! UnknownTimeZoneError: None'],
  ['pytz.timezone(1)', '! UnknownTimeZoneError: 1'],
  ['pytz.timezone()', "! TypeError: timezone() missing 1 required positional argument: 'zone'"],
  ["pytz.timezone('utc')", '[<UTC>]'],
  ["pytz.timezone('Etc/UTC')", "[<StaticTzInfo 'Etc/UTC'>]"],
  ['pytz.utc', '[<UTC>]'],
  ['pytz.utc|string', "['UTC']"],
  ["pytz.timezone('Etc/GMT+5')", "[<StaticTzInfo 'Etc/GMT+5'>]"],
  ["pytz.timezone('EST')", "[<DstTzInfo 'EST' LMT-1 day, 18:42:00 STD>]"],
  ["pytz.timezone('GMT')", "[<StaticTzInfo 'GMT'>]"],
  ["pytz.timezone('US/Eastern')", "[<DstTzInfo 'US/Eastern' LMT-1 day, 19:04:00 STD>]"],
  ['pytz.FixedOffset(330)', '[pytz.FixedOffset(330)]'],
  ['pytz.FixedOffset(-330).utcoffset(None)', '[datetime.timedelta(days=-1, seconds=66600)]'],
  ['pytz.FixedOffset(0)', '[<UTC>]'],
  ['pytz.FixedOffset(1440)', "! ValueError: ('absolute offset is too large', 1440)"],
  ['pytz.FixedOffset(330)|string', "['pytz.FixedOffset(330)']"],
  ['pytz.FixedOffset(330).localize(datetime(2020,1,1))|string', "['2020-01-01 00:00:00+05:30']"],
  [
    "pytz.timezone('America/New_York').localize(datetime(2020,7,1))",
    "[datetime.datetime(2020, 7, 1, 0, 0, tzinfo=<DstTzInfo 'America/New_York' EDT-1 day, 20:00:00 DST>)]",
  ],
  [
    "pytz.timezone('America/New_York').localize(datetime(2020,1,1)).tzinfo",
    "[<DstTzInfo 'America/New_York' EST-1 day, 19:00:00 STD>]",
  ],
  [
    "pytz.timezone('America/New_York').localize(datetime(2020,11,1,1,30))",
    "[datetime.datetime(2020, 11, 1, 1, 30, tzinfo=<DstTzInfo 'America/New_York' EST-1 day, 19:00:00 STD>)]",
  ],
  [
    "pytz.timezone('America/New_York').localize(datetime(2020,11,1,1,30),is_dst=True)",
    "[datetime.datetime(2020, 11, 1, 1, 30, tzinfo=<DstTzInfo 'America/New_York' EDT-1 day, 20:00:00 DST>)]",
  ],
  [
    "pytz.timezone('America/New_York').localize(datetime(2020,11,1,1,30),is_dst=None)",
    '! AmbiguousTimeError: 2020-11-01 01:30:00',
  ],
  [
    "pytz.timezone('America/New_York').localize(datetime(2020,3,8,2,30),is_dst=None)",
    '! NonExistentTimeError: 2020-03-08 02:30:00',
  ],
  [
    "pytz.timezone('America/New_York').localize(datetime(2020,3,8,2,30),is_dst=True)",
    "[datetime.datetime(2020, 3, 8, 2, 30, tzinfo=<DstTzInfo 'America/New_York' EDT-1 day, 20:00:00 DST>)]",
  ],
  [
    "pytz.timezone('America/New_York').localize(datetime(2020,3,8,2,30))",
    "[datetime.datetime(2020, 3, 8, 2, 30, tzinfo=<DstTzInfo 'America/New_York' EST-1 day, 19:00:00 STD>)]",
  ],
  [
    "pytz.timezone('America/New_York').normalize(pytz.timezone('America/New_York').localize(datetime(2020,3,8,2,30)))",
    "[datetime.datetime(2020, 3, 8, 3, 30, tzinfo=<DstTzInfo 'America/New_York' EDT-1 day, 20:00:00 DST>)]",
  ],
  [
    "pytz.timezone('America/New_York').normalize(pytz.timezone('America/New_York').localize(datetime(2020,3,7,12)) + timedelta(days=1))",
    "[datetime.datetime(2020, 3, 8, 13, 0, tzinfo=<DstTzInfo 'America/New_York' EDT-1 day, 20:00:00 DST>)]",
  ],
  [
    "pytz.timezone('America/New_York').normalize(datetime(2020,1,1))",
    '! ValueError: Naive time - no tzinfo set',
  ],
  [
    "pytz.timezone('America/New_York').localize(date(2020,1,1))",
    "! AttributeError: 'datetime.date' object has no attribute 'tzinfo'",
  ],
  ['pytz.utc.localize(datetime(2020,1,1))', '[datetime.datetime(2020, 1, 1, 0, 0, tzinfo=<UTC>)]'],
  [
    'pytz.utc.localize(pytz.utc.localize(datetime(2020,1,1)))',
    '! ValueError: Not naive datetime (tzinfo is already set)',
  ],
  ['pytz.utc.normalize(datetime(2020,1,1))', '! ValueError: Naive time - no tzinfo set'],
  [
    "pytz.utc.normalize(datetime(2020,1,1,tzinfo=pytz.timezone('Asia/Tokyo')))",
    '[datetime.datetime(2019, 12, 31, 14, 41, tzinfo=<UTC>)]',
  ],
  ["datetime(2020,1,1,tzinfo=pytz.timezone('Asia/Tokyo'))|string", "['2020-01-01 00:00:00+09:19']"],
  ["pytz.timezone('Europe/London').localize(datetime(2020,7,1)).dst()", '[datetime.timedelta(seconds=3600)]'],
  ["pytz.timezone('Europe/London').localize(datetime(2020,7,1)).tzname()", "['BST']"],
  ["pytz.timezone('Europe/London').zone", "['Europe/London']"],
  ['pytz.utc.zone', "['UTC']"],
  ['pytz.FixedOffset(1).zone', '[None]'],
  ["pytz.timezone('Europe/London').utcoffset(datetime(2020,7,1))", '[datetime.timedelta(seconds=3600)]'],
  ["pytz.timezone('Europe/London').utcoffset(None)", '[None]'],
  ["pytz.timezone('Europe/London').dst(datetime(2020,7,1))", '[datetime.timedelta(seconds=3600)]'],
  ["pytz.timezone('Europe/London').tzname(datetime(2020,7,1))", "['BST']"],
  ["pytz.timezone('Europe/London').tzname(None)", "['Europe/London']"],
  [
    "pytz.timezone('Europe/London').fromutc(datetime(2020,7,1))",
    "[datetime.datetime(2020, 7, 1, 1, 0, tzinfo=<DstTzInfo 'Europe/London' BST+1:00:00 DST>)]",
  ],
  ["pytz.timezone('Etc/GMT+5').localize(datetime(2020,7,1)).strftime('%Z %z')", "['-05 -0500']"],
  ["pytz.timezone('Etc/GMT+5').dst(None)", '[datetime.timedelta(0)]'],
  ["pytz.country_timezones('nz')", "[['Pacific/Auckland', 'Pacific/Chatham']]"],
  ["pytz.country_timezones['ch']", "[['Europe/Zurich']]"],
  ["pytz.country_timezones['us']|length", '[29]'],
  ["pytz.country_names['gb']", "['Britain (UK)']"],
  ["pytz.country_timezones('xx')", "! KeyError: 'XX'"],
  ["pytz.country_names['xx'] is defined", '[False]'],
  ['pytz.country_names|length', '[249]'],
  ['pytz.country_timezones|length', '[247]'],
  ['pytz.all_timezones[:3]', "[['Africa/Abidjan', 'Africa/Accra', 'Africa/Addis_Ababa']]"],
  ['pytz.all_timezones|length', '[597]'],
  ['pytz.common_timezones|length', '[433]'],
  ['pytz.UnknownTimeZoneError', "[<class 'pytz.exceptions.UnknownTimeZoneError'>]"],
  ['pytz.BaseTzInfo', "[<class 'pytz.tzinfo.BaseTzInfo'>]"],
  ["pytz.timezone('America/New_York') == pytz.timezone('America/New_York')", '[True]'],
  [
    "pytz.timezone('America/New_York') == pytz.timezone('America/New_York').localize(datetime(2020,1,1)).tzinfo",
    '[False]',
  ],
  [
    "datetime(2020,1,1,5,tzinfo=pytz.utc) == pytz.timezone('America/New_York').localize(datetime(2020,1,1))",
    '[True]',
  ],
  [
    "datetime(2020,1,1,5,tzinfo=pytz.utc).astimezone(pytz.timezone('America/New_York'))",
    "[datetime.datetime(2020, 1, 1, 0, 0, tzinfo=<DstTzInfo 'America/New_York' EST-1 day, 19:00:00 STD>)]",
  ],
  [
    "datetime(2020,1,1,5,tzinfo=pytz.utc).astimezone(pytz.timezone('America/New_York'))|string",
    "['2020-01-01 00:00:00-05:00']",
  ],
  [
    "datetime(2020,7,1,5,tzinfo=pytz.utc).astimezone(pytz.timezone('America/New_York')).strftime('%Z%z')",
    "['EDT-0400']",
  ],
  [
    "datetime(1850,7,1,5,tzinfo=pytz.utc).astimezone(pytz.timezone('America/New_York')).strftime('%Z%z')",
    "['LMT-0456']",
  ],
  [
    "datetime(2040,7,1,5,tzinfo=pytz.utc).astimezone(pytz.timezone('America/New_York')).strftime('%Z%z')",
    "['EST-0500']",
  ],
  [
    "datetime(2040,7,1,5,tzinfo=pytz.utc).astimezone(pytz.timezone('Australia/Sydney')).strftime('%Z%z')",
    "['AEDT+1100']",
  ],
  [
    "datetime(1,1,1,tzinfo=pytz.utc).astimezone(pytz.timezone('America/New_York'))",
    '! OverflowError: date value out of range',
  ],
  [
    "datetime(2020,3,8,6,59,59,tzinfo=pytz.utc).astimezone(pytz.timezone('America/New_York'))|string",
    "['2020-03-08 01:59:59-05:00']",
  ],
  [
    "datetime(2020,3,8,7,tzinfo=pytz.utc).astimezone(pytz.timezone('America/New_York'))|string",
    "['2020-03-08 03:00:00-04:00']",
  ],
  [
    "datetime(2020,11,1,5,59,tzinfo=pytz.utc).astimezone(pytz.timezone('America/New_York'))|string",
    "['2020-11-01 01:59:00-04:00']",
  ],
  [
    "datetime(2020,11,1,6,tzinfo=pytz.utc).astimezone(pytz.timezone('America/New_York'))|string",
    "['2020-11-01 01:00:00-05:00']",
  ],
  [
    "datetime(2020,1,1,12,tzinfo=pytz.utc).astimezone(pytz.timezone('Asia/Kolkata'))|string",
    "['2020-01-01 17:30:00+05:30']",
  ],
  [
    "datetime(2020,1,1,12,tzinfo=pytz.utc).astimezone(pytz.timezone('Asia/Kathmandu')).strftime('%Z')",
    "['+0545']",
  ],
  ["datetime.now(tz=pytz.timezone('Asia/Tokyo')).tzinfo", "[<DstTzInfo 'Asia/Tokyo' JST+9:00:00 STD>]"],
  [
    "datetime(2021,1,1,tzinfo=pytz.timezone('Etc/GMT-3')) - datetime(2021,1,1,tzinfo=pytz.utc)",
    '[datetime.timedelta(days=-1, seconds=75600)]',
  ],
  [
    "pytz.timezone('Australia/Lord_Howe').localize(datetime(2020,1,1)).tzinfo",
    "[<DstTzInfo 'Australia/Lord_Howe' +11+11:00:00 DST>]",
  ],
  [
    "pytz.timezone('Europe/Paris').localize(datetime(1944,8,1)).utcoffset()",
    '[datetime.timedelta(seconds=7200)]',
  ],
]
