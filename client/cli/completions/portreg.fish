# fish completion for portreg(1). It asks portreg for names, but no server.

# Whether no command and no key stands on the command line yet.
function __portreg_awaits_command
    set -l words (commandline --current-process --cut-at-cursor --tokenize)
    set -e words[1]
    while set -q words[1]
        switch $words[1]
            case -o --output --color --layer --scope --max-results --count --format --columns --transport \
                --protocol --encoding --file --service --owner --allow --for --accept --target --timeout \
                --cacert --cert --key --server-name --header
                set -e words[1]
            case '-*'
            case '*'
                return 1
        end
        set -e words[1]
    end
end

# Whether the word may be a name: it follows lookup or another key, or begins no command.
function __portreg_awaits_name
    set -l commands lookup classify list search export import info watch audit diff check suggest help
    set -l current (commandline --current-token --cut-at-cursor)
    string match --quiet -- '-*' $current; and return 1
    set -l words (commandline --current-process --cut-at-cursor --tokenize)
    if __portreg_awaits_command
        not string match --quiet --regex -- '^'(string escape --style=regex -- $current) $commands
        return
    end
    set -e words[1]
    for word in $words
        switch $word
            case lookup
                return 0
            case classify list search export import info watch audit diff check suggest help
                return 1
        end
    end
end

function __portreg_names
    set -l current (commandline --current-token --cut-at-cursor)
    set -l program (commandline --current-process --tokenize)[1]
    test -n "$current"; and command --query $program
    and command $program __complete -- $current 2>/dev/null
end

# What --allow and --accept take alike.
function __portreg_kinds
    printf '%s\n' iana-assigned iana-reserved iana-unassigned dynamic commonly-used \
        needs-privilege experiments-only linux-ephemeral kubernetes-node-port \
        blocked-by-browsers windows-dynamic exporter-list range-rule unauthorized-use \
        retired-locally past-until deprecated-locally
end

complete -c portreg -f

complete -c portreg -n __portreg_awaits_name -a '(__portreg_names)' -d Service
complete -c portreg -n __portreg_awaits_command -a lookup \
    -d 'What is on a port, what a service uses'
complete -c portreg -n __portreg_awaits_command -a classify -d 'Is a port a good choice?'
complete -c portreg -n __portreg_awaits_command -a list \
    -d 'The records of a range, or of all ports'
complete -c portreg -n __portreg_awaits_command -a search \
    -d 'Records whose names, texts or owners hold the words'
complete -c portreg -n __portreg_awaits_command -a export \
    -d 'The registry as a file for programs'
complete -c portreg -n __portreg_awaits_command -a import \
    -d 'A table of yours, in the format that portregd reads'
complete -c portreg -n '__fish_seen_subcommand_from import audit' -F
complete -c portreg -n __portreg_awaits_command -a info -d 'Which registry answers'
complete -c portreg -n __portreg_awaits_command -a watch -d 'Tell when the registry changes'
complete -c portreg -n __portreg_awaits_command -a audit \
    -d 'What listens here, or in output of ss, and may it?'
complete -c portreg -n __portreg_awaits_command -a diff \
    -d 'What differs between two tables'
complete -c portreg -n __portreg_awaits_command -a check \
    -d 'What speaks against ports, or against rows of tables'
complete -c portreg -n __portreg_awaits_command -a suggest -d 'Free ports'
complete -c portreg -n __portreg_awaits_command -a help -d 'How to use portreg'

complete -c portreg -n '__fish_seen_subcommand_from diff' -F -a 'embedded server' -d Registry

complete -c portreg -n '__fish_seen_subcommand_from diff' -o o -x -a markdown -d 'Output format'
complete -c portreg -n '__fish_seen_subcommand_from diff' -l output -x -a markdown \
    -d 'Output format'
complete -c portreg -o o -x -a 'table wide json ndjson csv tsv services name' -d 'Output format'
complete -c portreg -l output -x -a 'table wide json ndjson csv tsv services name' \
    -d 'Output format'
complete -c portreg -n '__fish_seen_subcommand_from check' -o o -x -a 'github sarif' -d 'Output format'
complete -c portreg -n '__fish_seen_subcommand_from check' -l output -x -a 'github sarif' \
    -d 'Output format'
complete -c portreg -l short -d 'The service of a port, the port of a service'
complete -c portreg -l no-headers -d 'No line of column titles'
complete -c portreg -l color -x -a 'auto always never' -d 'Whether to use colours'
complete -c portreg -l details -d 'json, ndjson: also owners, references, dates'
complete -c portreg -l layer -x -a '(__fish_complete_list , "printf \'%s\n\' local common iana")' \
    -d 'Only these layers'
complete -c portreg -l scope -x -d 'Of layer local, only what holds in this scope'
complete -c portreg -l portless -d 'list, export: also names without a port'
complete -c portreg -l map -d 'list: a map of the ports'
complete -c portreg -l like -d 'Search for the arguments'
complete -c portreg -l max-results -x -d 'search: at most so many matches'
complete -c portreg -l count -x -d 'watch: revisions; suggest: ports'
complete -c portreg -l diff -d 'watch: also what each new revision changes'
complete -c portreg -l format -x -a 'services sysctl-reserved iana-csv csv json html' \
    -d 'export: the format'
complete -c portreg -l reserve-over-half -d 'export: reserve most ephemeral ports too'
complete -c portreg -l columns -x -d 'import: what columns hold, TITLE=COLUMN'
complete -c portreg -l transport -x -a 'tcp udp sctp dccp tcp/udp any' \
    -d 'import, suggest: what ports are for'
complete -c portreg -l protocol -x -d 'import: NAME=TRANSPORT of an application protocol'
complete -c portreg -l encoding -x -a 'utf-8 utf-16 utf-16le utf-16be windows-1252' \
    -d 'import: the encoding of the file'
complete -c portreg -l expect -d 'audit: also local services for which nothing listens'
complete -c portreg -l file -r -F -d 'check, export: own tables'
complete -c portreg -l service -x -d 'check, suggest: the service that ports are for'
complete -c portreg -l owner -x -d 'check, suggest: the person or team'
complete -c portreg -l allow -x -a '(__fish_complete_list , __portreg_kinds)' \
    -d 'check: findings that are accepted'
complete -c portreg -l strict -d 'check: warnings fail, as errors do'
complete -c portreg -l adjacent -d 'suggest: neighbouring ports'
complete -c portreg -l within-blocks -d 'suggest: only ports of blocks of the owner'
complete -c portreg -l for -x -d 'suggest: any text, which keeps its port'
complete -c portreg -l accept -x -a '(__fish_complete_list , __portreg_kinds)' \
    -d 'suggest: findings that are accepted'
complete -c portreg -l this-host -d 'suggest: no port that listens here now'
complete -c portreg -l target -x -d 'The server'
complete -c portreg -l offline -d 'Answer from the embedded registry'
complete -c portreg -l timeout -x -d 'How long a call may take'
complete -c portreg -l plaintext -d 'No TLS, which is the default'
complete -c portreg -l tls -d 'TLS, with the system\'s authorities'
complete -c portreg -l cacert -r -F -d 'PEM file of the server\'s authorities'
complete -c portreg -l cert -r -F -d 'PEM file of the client\'s certificate chain'
complete -c portreg -l key -r -F -d 'PEM file of the client\'s private key'
complete -c portreg -l server-name -x -d 'The name that the server\'s certificate bears'
complete -c portreg -l header -x -d 'NAME:VALUE, sent with each call'
complete -c portreg -o h -d 'Show help'
complete -c portreg -l help -d 'Show help'
complete -c portreg -l version -d 'Show the version'
