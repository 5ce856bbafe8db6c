// Character sets and collations.
// Source: MySQL 8.4 manual, "The INFORMATION_SCHEMA CHARACTER_SETS Table", "... COLLATIONS Table".

#include "charset/charset.h"
#include "system_views/internal/system_table.h"

namespace mahi {

namespace {

Status CharacterSets(ViewScan& scan) {
  for (const Charset& charset : AllCharsets()) {
    scan.Text(charset.name).Text(CollationOrBinary(charset.default_collation).name()).Text(charset.description);
    scan.Unsigned(charset.max_bytes);
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

Status Collations(ViewScan& scan) {
  for (const Collation* collation : AllCollations()) {
    scan.Text(collation->name()).Text(collation->charset().name).Unsigned(collation->id());
    scan.Text(collation->is_default() ? "Yes" : "").Text("Yes").Unsigned(collation->sortlen());
    scan.Text(collation->is_pad_space() ? "PAD SPACE" : "NO PAD");
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

Status Applicability(ViewScan& scan) {
  for (const Collation* collation : AllCollations()) {
    scan.Text(collation->name()).Text(collation->charset().name);
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

}  // namespace

void DeclareCharsetViews(Catalog* catalog) {
  Declare(catalog, kInformationSchema, "CHARACTER_SETS",
          "CHARACTER_SET_NAME varchar(64) NOT NULL, DEFAULT_COLLATE_NAME varchar(64) NOT NULL, DESCRIPTION varchar(2048) NOT NULL, "
          "MAXLEN int unsigned NOT NULL",
          CharacterSets, 41);
  Declare(catalog, kInformationSchema, "COLLATIONS",
          "COLLATION_NAME varchar(64) NOT NULL, CHARACTER_SET_NAME varchar(64) NOT NULL, ID bigint unsigned NOT NULL, "
          "IS_DEFAULT varchar(3) NOT NULL, IS_COMPILED varchar(3) NOT NULL, SORTLEN int unsigned NOT NULL, "
          "PAD_ATTRIBUTE enum('PAD SPACE','NO PAD') NOT NULL",
          Collations, 286);
  Declare(catalog, kInformationSchema, "COLLATION_CHARACTER_SET_APPLICABILITY",
          "COLLATION_NAME varchar(64) NOT NULL, CHARACTER_SET_NAME varchar(64) NOT NULL", Applicability, 286);
}

}  // namespace mahi
