/* Asks the libc that it is linked with for services.

   Each line of standard input is "name NAME PROTOCOL" or "port PORT PROTOCOL". Each line
   of standard output is the answer: the port, or the name; "-" if there is none. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
  char kind[8];
  char key[256];
  char protocol[16];
  while (scanf("%7s %255s %15s", kind, key, protocol) == 3) {
    const int by_name = strcmp(kind, "name") == 0;
    const struct servent* found = by_name
                                      ? getservbyname(key, protocol)
                                      : getservbyport(htons((uint16_t)atoi(key)), protocol);
    if (found == NULL) {
      puts("-");
    } else if (by_name) {
      printf("%d\n", ntohs((uint16_t)found->s_port));
    } else {
      puts(found->s_name);
    }
  }
  return 0;
}
