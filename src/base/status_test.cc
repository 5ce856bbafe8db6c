#include "base/status.h"

#include <gtest/gtest.h>

namespace mahi {
namespace {

Result<int> Half(int n) {
  if (n % 2 != 0) return Error(ER_WRONG_ARGUMENTS, "half");
  return n / 2;
}
Result<int> Quarter(int n) {
  MAHI_ASSIGN_OR_RETURN(int half, Half(n));
  return Half(half);
}

TEST(StatusTest, CarriesNumberStateAndText) {
  Status status = Error(ER_DUP_ENTRY, "7", "t.PRIMARY");
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(status.error().number(), 1062);
  EXPECT_EQ(status.error().sqlstate(), "23000");
  EXPECT_EQ(status.error().message(), "Duplicate entry '7' for key 't.PRIMARY'");
}

TEST(StatusTest, ResultPropagates) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_TRUE(Quarter(6).Is(ER_WRONG_ARGUMENTS));
}

TEST(StatusTest, NumbersAreUnique) {
  EXPECT_STREQ(LookUpError(1146).name, "ER_NO_SUCH_TABLE");
  EXPECT_EQ(LookUpError(65000).number, 1105);
}

}  // namespace
}  // namespace mahi
