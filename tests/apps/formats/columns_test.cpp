// Tests the text of values of each kind of column, and how dates and times are read.
#include "apps/formats/columns.h"

#include <cmath>

#include "apps/tables/csv.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

TEST_CASE("a value is written as its column's kind says") {
  CHECK(cell_text({}, 0.1) == "0.1");
  CHECK(cell_text({}, static_cast<double>(0.1f), true) == "0.1");
  CHECK(cell_text({ColumnKind::number, {}, 2}, 3.14159) == "3.14");
  CHECK(cell_text({ColumnKind::number, {}, 1}, -0.04) == "0.0");
  CHECK(cell_text({ColumnKind::number, {}, 3, false}, 2.5) == "2.5");
  CHECK(cell_text({ColumnKind::number, {}, 3, false}, 20) == "20");
  CHECK(cell_text({ColumnKind::integer, {}, 0}, 181) == "181");
  CHECK(cell_text({ColumnKind::integer, {}, 1}, 181) == "181.0");
  CHECK(cell_text({ColumnKind::category, {"a", "b"}}, 1) == "b");
  CHECK(cell_text({ColumnKind::date}, 0) == "1970-01-01");
  CHECK(cell_text({ColumnKind::time, {}, 2, true, {' ', true, true}}, 86400.25) ==
        "1970-01-02 00:00:00.25Z");
  CHECK(cell_text({ColumnKind::time, {}, 0, true, {'T', false, false}}, 89.9) ==
        "1970-01-01T00:01");
  CHECK(cell_text({ColumnKind::integer, {}, 0}, std::nan("")) == "nan");
  // 59.96 s with one decimal would be 60.0 s, which is the next minute.
  CHECK(cell_text({ColumnKind::time, {}, 1}, 59.96) == "1970-01-01T00:01:00.0");
}

TEST_CASE("ISO dates and times are read, and no other texts") {
  for (const double days : {-25567., -1., 0., 59., 11016., 19000., 2932896.}) {
    const std::string text = cell_text({ColumnKind::date}, days);
    INFO(text);
    CHECK(read_date(text) == days);
  }
  CHECK(read_date("2000-02-29") == 11016);
  for (const char* text : {"", "2001-02-29", "2000-13-01", "00-01-01", "2000-1-1", "2000/01/01",
                           "2000-01-01 ", "20000101", "x"})
    CHECK(!read_date(text));
  const auto time = read_time("2000-02-29T01:02:03.50");
  REQUIRE(time);
  CHECK(time->seconds == 11016 * 86400. + 3723.5);
  CHECK(time->decimals == 2);
  CHECK(read_time("2000-02-29 01:02")->style == TimeStyle{' ', false, false});
  CHECK(read_time("2000-02-29T01:02:03Z")->style.utc);
  for (const char* text : {"2000-02-29", "2000-02-29T24:00", "2000-02-29T10:60", "2000-02-29T10",
                           "2000-02-29T10:00:61", "2000-02-29T10:00:00.", "2000-02-29T10:00+01"})
    CHECK(!read_time(text));
}

TEST_CASE("a table of kinds is written with the texts of its cells") {
  NdArray table{{2, 3}, {0, 1.25, 7, 1, -2, 8}};
  table.columns = {{ColumnKind::category, {"a,b", "NA"}},
                   {ColumnKind::number, {}, 1},
                   {ColumnKind::integer, {}, 0}};
  CHECK(csv_text(table, {"kind", "x", "n"}) == "kind,x,n\n\"a,b\",1.2,7\nNA,-2.0,8\n");
  table.columns.pop_back();
  CHECK_THROWS_WITH(csv_text(table), Contains("2 kinds for 3 columns; give one for each"));
}
