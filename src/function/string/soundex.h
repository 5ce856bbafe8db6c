#pragma once

#include <string>
#include <string_view>

#include "charset/charset.h"

namespace mahi {

// The soundex code of text: its first letter and the codes of what follows, at least four characters.
// Source: MySQL 8.4 manual, "String Functions and Operators", SOUNDEX.
std::string Soundex(const Charset& charset, std::string_view text);

}  // namespace mahi
