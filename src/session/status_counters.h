// Status variables: the server's counters under MySQL's names.
// Source: MySQL 8.4 manual, "Server Status Variables". Thread safety: any thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "session/database.h"

namespace mahi {

// (name, value), ordered by name.
std::vector<std::pair<std::string, std::string>> StatusRows(Database& database);

}  // namespace mahi
