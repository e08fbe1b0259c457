#ifdef CATCH2_V2
#define CATCH_CONFIG_RUNNER
#endif
#include "libexchange/base/secret.h"
#include "tests/catch.h"

int main(int argc, char** argv) {
  exchange::initialise_secrets();
  return Catch::Session().run(argc, argv);
}
