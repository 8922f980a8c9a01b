# fish completion for portregd(8).

complete -c portregd -f
complete -c portregd -l listen -x -d 'Where to listen'
complete -c portregd -l reflection -d 'Offer gRPC server reflection'
complete -c portregd -l iana_file -r -F -d 'IANA\'s service-names-port-numbers.csv'
complete -c portregd -l local_file -r -F -d 'CSV file of your own assignments'
complete -c portregd -l allow_fewer_rows -d 'Take an IANA file with over 5 % fewer rows'
complete -c portregd -l check -d 'Load the data, report on it, and exit'
complete -c portregd -o h -d 'Show help'
complete -c portregd -l help -d 'Show help'
complete -c portregd -l version -d 'Show the version'
