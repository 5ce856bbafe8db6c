// Key encodings: values as bytes.
//
// Equality form: equal bytes if and only if the values are equal as SQL compares them (collation included); NULL
// equals NULL. Sort form: memcmp order is SQL order, NULL first; inverted byte by byte for descending keys.
// Both are self-delimiting, so the keys of several columns are simply put one after the other.
//
//   sort form := 0x00 (NULL) | 0x01 payload
//   payload   := integer:be64 with its sign bit flipped | double:be64 likewise made monotonic
//              | decimal and JSON sort form | sort key with 0x00 as 0x00 0xff, ended by 0x00 0x00
//
// Thread safety: stateless.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vector/vector.h"

namespace mahi {

void AppendEqualityKey(const Vector& vector, uint32_t row, std::string* key);
void AppendSortKey(const Vector& vector, uint32_t row, bool is_descending, std::string* key);
// The exact bytes of a value, for caches: 'a' and 'A' differ.
void AppendExactKey(const Vector& vector, uint32_t row, std::string* key);

// Whether two values of the same type are equal. REQUIRES: neither is NULL.
bool EqualAt(const Vector& left, uint32_t left_row, const Vector& right, uint32_t right_row);
// -1, 0, 1 likewise.
int CompareAt(const Vector& left, uint32_t left_row, const Vector& right, uint32_t right_row);

}  // namespace mahi
