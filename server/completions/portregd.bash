# bash completion for portregd(8). It needs nothing but bash.

_portregd()
{
  local -ra switches=(
    --insecure --admin_insecure --reflection --allow_fewer_rows --check -h --help --version)
  local -ra settings=(
    --listen= --admin_listen= --metrics_listen= --web_listen= --web_allow_origins= --tls_cert=
    --tls_key= --tls_client_ca= --tls_allowed_clients= --max_connections= --max_connections_per_peer=
    --max_concurrent_streams= --max_calls= --max_queued_calls= --max_unread_bytes=
    --max_request_bytes= --max_metadata_bytes= --memory_quota_bytes= --handshake_timeout=
    --max_connection_idle= --max_connection_age= --max_connection_age_grace= --keepalive_time=
    --keepalive_timeout= --min_ping_interval= --max_watch= --iana_file= --local_file=
    --common_file= --ranges_file= --max_registry_bytes= --reload_interval= --log_format= --access_log=
    --drain_delay= --drain_grace=)
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
  if [[ $flag == --log_format ]]; then
    mapfile -t COMPREPLY < <(compgen -P "$glued" -W 'text json' -- "$value")
  elif [[ $flag == --@(*_file|tls_cert|tls_key|tls_client_ca) ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -P "$glued" -f -- "$value")
  elif [[ " ${settings[*]} " != *" $flag="* && $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "${switches[*]} ${settings[*]}" -- "$current")
    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
  fi
  return 0
}

complete -F _portregd portregd
