/**
 * Names that Python's objects have for their inside. A template that asks for one is refused when it uses
 * it, as by jinja2's sandbox; other names with an underscore are names like all.
 */
const everywhere =
  '__class__ __delattr__ __dir__ __doc__ __eq__ __format__ __ge__ __getattribute__ __getstate__ ' +
  '__gt__ __hash__ __init__ __init_subclass__ __le__ __lt__ __ne__ __new__ __reduce__ ' +
  '__reduce_ex__ __repr__ __setattr__ __sizeof__ __str__ __subclasshook__'

const beside: { readonly [type: string]: string } = {
  str:
    '__add__ __contains__ __getitem__ __getnewargs__ __iter__ __len__ __mod__ __mul__ __rmod__ ' + '__rmul__',
  list:
    '__add__ __class_getitem__ __contains__ __delitem__ __getitem__ __iadd__ __imul__ __iter__ ' +
    '__len__ __mul__ __reversed__ __rmul__ __setitem__',
  dict:
    '__class_getitem__ __contains__ __delitem__ __getitem__ __ior__ __iter__ __len__ __or__ ' +
    '__reversed__ __ror__ __setitem__',
  tuple:
    '__add__ __class_getitem__ __contains__ __getitem__ __getnewargs__ __iter__ __len__ __mul__ ' +
    '__rmul__',
  set:
    '__and__ __class_getitem__ __contains__ __iand__ __ior__ __isub__ __iter__ __ixor__ __len__ ' +
    '__or__ __rand__ __ror__ __rsub__ __rxor__ __sub__ __xor__',
  int:
    '__abs__ __add__ __and__ __bool__ __ceil__ __divmod__ __float__ __floor__ __floordiv__ ' +
    '__getnewargs__ __index__ __int__ __invert__ __lshift__ __mod__ __mul__ __neg__ __or__ __pos__ ' +
    '__pow__ __radd__ __rand__ __rdivmod__ __rfloordiv__ __rlshift__ __rmod__ __rmul__ __ror__ ' +
    '__round__ __rpow__ __rrshift__ __rshift__ __rsub__ __rtruediv__ __rxor__ __sub__ __truediv__ ' +
    '__trunc__ __xor__',
  bool:
    '__abs__ __add__ __and__ __bool__ __ceil__ __divmod__ __float__ __floor__ __floordiv__ ' +
    '__getnewargs__ __index__ __int__ __invert__ __lshift__ __mod__ __mul__ __neg__ __or__ __pos__ ' +
    '__pow__ __radd__ __rand__ __rdivmod__ __rfloordiv__ __rlshift__ __rmod__ __rmul__ __ror__ ' +
    '__round__ __rpow__ __rrshift__ __rshift__ __rsub__ __rtruediv__ __rxor__ __sub__ __truediv__ ' +
    '__trunc__ __xor__',
  float:
    '__abs__ __add__ __bool__ __ceil__ __divmod__ __float__ __floor__ __floordiv__ __getformat__ ' +
    '__getnewargs__ __int__ __mod__ __mul__ __neg__ __pos__ __pow__ __radd__ __rdivmod__ ' +
    '__rfloordiv__ __rmod__ __rmul__ __round__ __rpow__ __rsub__ __rtruediv__ __sub__ __truediv__ ' +
    '__trunc__',
  NoneType: '__bool__',
  range: '__bool__ __contains__ __getitem__ __iter__ __len__ __reversed__',
  generator: '__del__ __iter__ __name__ __next__ __qualname__ gi_frame gi_code',
  function:
    '__annotations__ __builtins__ __call__ __closure__ __code__ __defaults__ __dict__ __get__ ' +
    '__globals__ __kwdefaults__ __module__ __name__ __qualname__',
  builtin_function_or_method: '__call__ __module__ __name__ __qualname__ __self__ __text_signature__',
  type:
    '__class_getitem__ __contains__ __delitem__ __getitem__ __ior__ __iter__ __len__ __or__ ' +
    '__reversed__ __ror__ __setitem__ mro',
}

/** `object`: what all have; `types`: what a type has beside that. */
export const internal = {
  object: new Set(everywhere.split(' ')),
  types: new Map(Object.entries(beside).map(([type, names]) => [type, new Set(names.split(' '))])),
}
