# bash completion for portregd(8). It needs nothing but bash.

_portregd()
{
  local -ra switches=(--reflection --allow_fewer_rows --check -h --help --version)
  local -ra settings=(--listen= --iana_file= --local_file=)
  local -r current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  local IFS=$' \t\n' flag value glued=
  COMPREPLY=()

  # Readline cuts "--flag=value" in three words, unless COMP_WORDBREAKS is
  # changed.
  if [[ $current == -*=* ]]; then
    flag=${current%%=*} value=${current#*=} glued=$flag=
  elif [[ $before == = ]]; then
    flag=${COMP_WORDS[COMP_CWORD - 2]} value=$current
  else
    flag=$before value=${current#=}
  fi
  if [[ $flag == --*_file ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -P "$glued" -f -- "$value")
  elif [[ " ${settings[*]} " != *" $flag="* && $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "${switches[*]} ${settings[*]}" -- "$current")
    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
  fi
  return 0
}

complete -F _portregd portregd
