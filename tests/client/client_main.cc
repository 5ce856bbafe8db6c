// The command-line client alone, without the server, for tests that do not need the whole binary.
#include "client/client_main.h"

int main(int argc, char** argv) { return mahi::ClientMain(argc - 1, argv + 1); }
