ppx: no value can stand inside or behind ${...} that is not simple
  ${x:-"${y}"} eval {}
                    ^
  use "$1" instead; but where a shell evaluates it, as arithmetic or by eval, only an integer that was given to a variable in front, x=$(({}))
