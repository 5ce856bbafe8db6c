// How plans speak of tables: lock modes, hints, and the virtual tables' handle.
// Thread safety: values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mahi {

class VirtualTable;  // catalog/virtual_table.h

enum class RowLockMode : uint8_t { kNone, kShared, kExclusive };
enum class LockWaitPolicy : uint8_t { kWait, kNoWait, kSkipLocked };

// USE, FORCE and IGNORE INDEX. Names are checked by the binder (1176).
struct IndexHints {
  bool has_use = false;      // only `use` may be used; empty: none
  bool is_force = false;     // a table scan is the last resort
  std::vector<std::string> use;
  std::vector<std::string> ignore;
};

}  // namespace mahi
