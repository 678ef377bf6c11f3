// Tests the code of typed columns: encoding and decoding, the change of variables, and the record in
// a model file.
#include "apps/run/table_code.h"

#include <cmath>
#include <numbers>

#include "apps/failure.h"
#include "autograd/tensor/rng.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

CodedColumn column(ColumnKind kind, ColumnTransform transform = ColumnTransform::none) {
  CodedColumn c{"x"};
  c.type.kind = kind;
  c.transform = transform;
  return c;
}

CodedColumn logit(ColumnKind kind, double low, double high) {
  CodedColumn c = column(kind, ColumnTransform::logit);
  c.low = low, c.high = high;
  return c;
}

CodedColumn category(std::size_t count) {
  CodedColumn c = column(ColumnKind::category);
  for (std::size_t k = 0; k < count; ++k) c.type.values.push_back("v" + std::to_string(k));
  return c;
}

// Numbers of an exponential distribution, and their whole parts.
std::vector<double> draws(bool whole) {
  std::vector<double> x;
  const Stream stream{7, Purpose::data, 0};
  for (std::uint32_t k = 0; k < 500; ++k) {
    const double draw = -3 * std::log(1 - stream.uniform(k));
    x.push_back(whole ? std::floor(draw) : draw);
  }
  return x;
}

CodedColumn quantile(bool whole) {
  CodedColumn c =
      column(whole ? ColumnKind::integer : ColumnKind::number, ColumnTransform::quantile);
  c.knots = quantile_knots(draws(whole), whole);
  return c;
}

std::string failure_of(const TableCode& code, double value) {
  try {
    code.check({{1, 1}, {value}}, "data");
  } catch (const Failure& failure) {
    CHECK(failure.code == Exit::file);
    return failure.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("decoding gives each value back for any noise") {
  const std::vector<std::pair<CodedColumn, std::vector<double>>> columns{
      {column(ColumnKind::number), {-1.5, 0, 1e300}},
      {column(ColumnKind::number, ColumnTransform::log), {1e-300, 1, 2.5e8}},
      {column(ColumnKind::number, ColumnTransform::sqrt), {0, 1, 2.5e8}},
      {logit(ColumnKind::number, -2, 3), {-1.999, 0, 2.75}},
      {quantile(false), {-5, 0.01, 1, 4, 40}},
      {column(ColumnKind::integer), {-3, 0, 12345678901}},
      {column(ColumnKind::integer, ColumnTransform::log), {0, 1, 1000}},
      {column(ColumnKind::integer, ColumnTransform::sqrt), {0, 1, 1000}},
      {logit(ColumnKind::integer, 1, 5), {1, 3, 5}},
      {quantile(true), {0, 1, 2, 9}},
      {category(3), {0, 1, 2}},
      {column(ColumnKind::degrees), {0, 1, 180, 359.5}},
      {column(ColumnKind::radians), {0, 1, 6.25}},
      {column(ColumnKind::date), {-40000, 0, 19000}},
      {column(ColumnKind::time), {-1.5, 1.7e9 + 0.25}}};
  for (const auto& [c, values] : columns) {
    const TableCode code({c});
    for (const double value : values) {
      for (const double u : {1e-9, 0.25, 0.5, 1 - 1e-9}) {
        INFO(name_of(c.type.kind) << " " << name_of(c.transform) << " " << value << " " << u);
        std::vector<double> noise(code.width(), u), z(code.width()), back(1);
        code.encode(std::vector{value}, noise, z);
        code.decode(z, back);
        if (c.whole())
          CHECK(back[0] == value);
        else
          CHECK(std::abs(back[0] - value) <= 1e-9 * std::max(1., std::abs(value)));
      }
    }
  }
}

TEST_CASE("the log slope is ln of the derivative of the code") {
  for (const CodedColumn& c :
       {column(ColumnKind::number, ColumnTransform::log),
        column(ColumnKind::number, ColumnTransform::sqrt), logit(ColumnKind::number, 0, 4),
        quantile(false), column(ColumnKind::integer, ColumnTransform::log), quantile(true),
        logit(ColumnKind::integer, 0, 4)}) {
    const double x = 1.3;
    INFO(name_of(c.transform));
    constexpr double h = 1e-6;
    const double slope = (transformed(c, x + h).z - transformed(c, x - h).z) / (2 * h);
    CHECK(std::abs(transformed(c, x).log_slope - std::log(slope)) < 1e-6);
  }
}

TEST_CASE("an angle and its radius make an area as large as the code's change of variables says") {
  for (const ColumnKind kind : {ColumnKind::degrees, ColumnKind::radians}) {
    const TableCode code({column(kind)});
    const double turn = kind == ColumnKind::degrees ? 360 : 2 * std::numbers::pi, h = 1e-6;
    const auto at = [&](double angle, double u) {
      std::vector<double> z(2);
      const double slope = code.encode(std::vector{angle}, std::vector{u, 0.9}, z);
      return std::array{z[0], z[1], slope};
    };
    const double a = 0.3 * turn, u = 0.2;
    const auto p = at(a, u), right = at(a + h * turn, u), up = at(a, u + h);
    const double area =
        ((right[0] - p[0]) * (up[1] - p[1]) - (right[1] - p[1]) * (up[0] - p[0])) / (h * turn * h);
    CHECK(std::abs(std::exp(p[2]) - std::abs(area)) < 1e-4 * std::abs(area));
  }
  // Quarters of a turn have no error of rounding, which a column of them would show as values that
  // float32 makes equal.
  const TableCode degrees({column(ColumnKind::degrees)});
  const std::array<std::array<double, 2>, 6> quarters{
      {{1, 0}, {0, 1}, {-1, 0}, {0, -1}, {1, 0}, {0, -1}}};
  const std::array<double, 6> angles{0, 90, 180, 270, 360, -90};
  for (std::size_t k = 0; k < angles.size(); ++k)
    for (const std::size_t j : {0u, 1u})
      CHECK(degrees.encoded(j, std::vector{angles[k]}, 0.5) == quarters[k][j]);
  // An angle below 0 is given back from a turn that begins at -180 degrees.
  CodedColumn c = column(ColumnKind::degrees);
  c.low = -180;
  std::vector<double> z(2), back(1);
  const TableCode code({c});
  code.encode(std::vector{-90.}, std::vector{0.5, 0.5}, z);
  code.decode(z, back);
  CHECK(std::abs(back[0] + 90) < 1e-9);
}

TEST_CASE("quantiles become those of a standard normal") {
  for (const bool whole : {false, true}) {
    const CodedColumn c = quantile(whole);
    const std::vector<double> x = draws(whole);
    double mean = 0, square = 0;
    const Stream stream{1, Purpose::noise, 0};
    for (std::uint32_t k = 0; k < x.size(); ++k) {
      const double z = transformed(c, x[k] + (whole ? stream.uniform(k) : 0)).z;
      mean += z / 500;
      square += z * z / 500;
    }
    // The standard errors of 500 draws of noise are 0.02 and 0.06.
    CHECK(std::abs(mean) < 0.06);
    CHECK(std::abs(square - 1) < 0.2);
  }
  CHECK(quantile_knots({3, 3, 3}, false).size() == 2);
}

TEST_CASE("columns that vary are encoded, and constant ones are not") {
  CodedColumn constant = column(ColumnKind::number), angle = column(ColumnKind::degrees);
  constant.constant = 7;
  constant.name = "c";
  angle.name = "wind";
  const TableCode code({constant, category(2), angle});
  CHECK(code.width() == 4);
  CHECK(code.code_names() == std::vector<std::string>{"x=v0", "x=v1", "wind (cos)", "wind (sin)"});
  CHECK(code.names() == std::vector<std::string>{"c", "x", "wind"});
  CHECK(!code.plain());
  CHECK(code.noise_column(3) == 2);
  std::vector<double> row(3);
  code.decode(std::vector{0.2, 1.1, 0., 1.}, row);
  CHECK(row[0] == 7);
  CHECK(row[1] == 1);
  CHECK(std::abs(row[2] - 90) < 1e-9);
  code.decode(std::vector{std::nan(""), 1.1, 0., 1.}, row);
  CHECK(std::isnan(row[1]));
  CHECK_THAT(code.likelihood_words(),
             Contains("lower bound, estimated with one draw of noise for each row: of the "
                      "probability in the whole columns x; of the density in the angles wind"));
  CHECK(TableCode({column(ColumnKind::number, ColumnTransform::log)}).likelihood_words() == "");
  CHECK(TableCode({column(ColumnKind::number)}).plain());
  CHECK_THROWS_WITH(TableCode({constant}),
                    Contains("[data] every column has one value in all rows, so there is nothing "
                             "to learn; give a table with a column that varies"));
}

TEST_CASE("values that have no code are refused with their row and column") {
  CHECK(failure_of(TableCode({column(ColumnKind::number, ColumnTransform::log)}), 0) ==
        "[data] row 0, column x is 0, and log needs numbers above 0; correct it, or choose another "
        "transform in `types`");
  CHECK_THAT(failure_of(TableCode({column(ColumnKind::integer, ColumnTransform::log)}), -1),
             Contains("is -1, and log needs whole numbers from 0"));
  CHECK_THAT(failure_of(TableCode({column(ColumnKind::number, ColumnTransform::sqrt)}), -0.5),
             Contains("and sqrt needs numbers from 0"));
  CHECK_THAT(failure_of(TableCode({logit(ColumnKind::number, 0, 1)}), 1),
             Contains("is 1, and its bounds are 0 and 1, which it must be between"));
  CHECK(failure_of(TableCode({logit(ColumnKind::integer, 0, 1)}), 1) == "none");
  CHECK_THAT(failure_of(TableCode({category(2)}), 2),
             Contains("is 2, and its values are 0 to 1; "));
  CHECK_THAT(failure_of(TableCode({column(ColumnKind::integer)}), 0.5),
             Contains("is 0.5, and its values are whole numbers; "));
}

TEST_CASE("a code is stored in a model file and read again") {
  CodedColumn constant = column(ColumnKind::time), angle = column(ColumnKind::radians);
  constant.constant = 7;
  constant.type.style = {' ', false, true};
  angle.low = -std::numbers::pi;
  CodedColumn number = column(ColumnKind::number);
  number.type.decimals = 2;
  const auto code =
      std::make_shared<TableCode>(std::vector{constant, category(2), angle, number,
                                              logit(ColumnKind::integer, 1, 5), quantile(false)},
                                  true, ClassColumn{"species", 3});
  Metadata metadata;
  write_table_code(code, {"a", "b"}, metadata);
  const TableCodePtr read = read_table_code(metadata, "m.safetensors");
  REQUIRE(read);
  Metadata again;
  write_table_code(read, {"a", "b"}, again);
  CHECK(again == metadata);
  CHECK(read->types() == code->types());
  CHECK(read->columns()[5].knots == code->columns()[5].knots);
  CHECK(read->columns()[2].low == angle.low);
  CHECK(read->columns()[4].high == 5);
  CHECK(read->label()->at == 3);
  CHECK(read_class_names(metadata, "m.safetensors") == std::vector<std::string>{"a", "b"});
  CHECK(!read_table_code({}, "m.safetensors"));
  CHECK(read_class_names({}, "m.safetensors").empty());
  for (const char* damaged : {"", "{}", "3", R"({"named":true,"columns":[{"name":"x"}]})",
                              R"({"named":true,"columns":[{"name":"x","kind":"colour"}]})"})
    CHECK_THROWS_WITH(read_table_code({{"data.table", damaged}}, "m.safetensors"),
                      Contains("[model] m.safetensors: \"data.table\" of its metadata is damaged; "
                               "use the unedited model file of a run"));
  CHECK_THROWS_WITH(read_class_names({{"data.class_names", "[1]"}}, "m.safetensors"),
                    Contains("\"data.class_names\" of its metadata is damaged"));
}
