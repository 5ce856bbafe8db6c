// `mahi client`: the SQL command line.
#pragma once

namespace mahi {

// `argv` starts behind the word `client`. Returns mysql's exit codes: 0, or 1 after an error.
int ClientMain(int argc, char** argv);

}  // namespace mahi
