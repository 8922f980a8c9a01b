# bash completion for portreg(1). It needs nothing but bash and portreg, and asks no server.

# Finds the flag whose value is being written, and what of it stands there:
# sets flag and value, and glued to what completions must begin with. Readline
# cuts "--flag=value" in three words, unless COMP_WORDBREAKS is changed.
_portreg_value()
{
  local -r takes_value=$1 current=${COMP_WORDS[COMP_CWORD]}
  local -r before=${COMP_WORDS[COMP_CWORD - 1]}
  glued=
  if [[ $current == -*=* ]]; then
    flag=${current%%=*} value=${current#*=} glued=$flag=
  elif [[ $before == = ]]; then
    flag=${COMP_WORDS[COMP_CWORD - 2]} value=$current
  else
    flag=$before value=${current#=}
  fi
  [[ $takes_value == *" $flag="* ]]
}

# Prints the first word that is neither a flag nor a flag's value: the command,
# or a key. Colons, too, are words of their own to readline.
_portreg_command()
{
  local -r takes_value=$1
  local i word
  for ((i = 1; i < COMP_CWORD; ++i)); do
    word=${COMP_WORDS[i]}
    if [[ $word == [=:] ]]; then
      ((++i))
    elif [[ $word != -* ]]; then
      echo "$word"
      return
    elif [[ $takes_value == *" $word="* && ${COMP_WORDS[i + 1]} != = ]]; then
      ((++i))
    fi
  done
}

# Completes the word to names of the embedded registry, if it may be one: it
# follows lookup, or another key, and has no colon.
_portreg_names()
{
  local -r first=$1 prefix=${COMP_WORDS[COMP_CWORD]}
  [[ -n $prefix && $prefix != : && ${COMP_WORDS[COMP_CWORD - 1]} != : ]] || return
  case $first in
    classify | list | search | export | info | watch | diff | check | suggest | help) return ;;
  esac
  mapfile -t COMPREPLY < <(command "${COMP_WORDS[0]}" __complete -- "$prefix" 2>/dev/null)
}

# Completes the word to what diff compares: files, and two registries.
_portreg_tables()
{
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -W 'embedded server' -- "$1"; compgen -f -- "$1")
}

_portreg()
{
  local -ra commands=(lookup classify list search export import info watch audit diff check suggest help)
  local -ra switches=(-o --short --no-headers --details --portless --map --like --diff --reserve-over-half --expect --strict --adjacent
    --within-blocks --this-host --offline --plaintext
    --tls -h --help --version)
  local -ra settings=(--output= --color= --layer= --scope= --max-results= --count= --format= --columns=
    --transport= --protocol= --encoding= --file= --service= --owner= --allow= --for= --accept= --target= --timeout=
    --cacert= --cert= --key= --server-name= --header=)
  # What --allow and --accept take alike.
  local -ra kinds=(iana-assigned iana-reserved iana-unassigned dynamic commonly-used
    needs-privilege experiments-only linux-ephemeral kubernetes-node-port blocked-by-browsers
    windows-dynamic exporter-list range-rule unauthorized-use retired-locally past-until
    deprecated-locally)
  local IFS=$' \t\n'
  local -r takes_value=" -o= ${settings[*]} " current=${COMP_WORDS[COMP_CWORD]}
  local flag value glued first words=
  COMPREPLY=()

  if [[ " ${COMP_WORDS[*]:1:COMP_CWORD-1} " == *' -- '* ]]; then
    _portreg_names "$(_portreg_command "$takes_value")"
  elif _portreg_value "$takes_value"; then
    case $flag in
      -o | --output)
        words='table wide json ndjson csv tsv services name'
        [[ $(_portreg_command "$takes_value") != diff ]] || words='table json ndjson markdown'
        [[ $(_portreg_command "$takes_value") != check ]] || words='table json ndjson github sarif'
        ;;
      --color) words='auto always never' ;;
      --format) words='services sysctl-reserved iana-csv csv json html' ;;
      --transport) words='tcp udp sctp dccp tcp/udp any' ;;
      --encoding) words='utf-8 utf-16 utf-16le utf-16be windows-1252' ;;
      --layer | --allow | --accept)
        # A list: what stands before its last comma stays.
        local -r last=${value##*,}
        local -a offered=(local common iana)
        [[ $flag == --layer ]] || offered=("${kinds[@]}")
        local word
        for word in "${offered[@]}"; do
          [[ ",$value" == *",$word,"* ]] || words+=" $word"
        done
        glued+=${value%"$last"} value=$last
        ;;
      --file | --cacert | --cert | --key)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -P "$glued" -f -- "$value")
        return
        ;;
    esac
    mapfile -t COMPREPLY < <(compgen -P "$glued" -W "$words" -- "$value")
  elif [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "${switches[*]} ${settings[*]}" -- "$current")
    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
  else
    first=$(_portreg_command "$takes_value")
    if [[ -z $first ]]; then
      mapfile -t COMPREPLY < <(compgen -W "${commands[*]}" -- "$current")
    fi
    if [[ $first == diff ]]; then
      _portreg_tables "$current"
    elif [[ $first == import || $first == audit ]]; then
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
    elif [[ ${#COMPREPLY[@]} == 0 ]]; then
      _portreg_names "$first"
    fi
  fi
  return 0
}

complete -F _portreg portreg
