// Tests the shares of classes: storing them in a model file, errors for an edited file, and drawing
// labels with these probabilities.
#include "apps/run/labels.h"

#include <cmath>

#include "apps/failure.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

// Returns the message of the Failure that `work` throws, which must have this exit code.
template <class Work>
std::string refusal(Exit code, Work work) {
  try {
    work();
  } catch (const Failure& failure) {
    CHECK(failure.code == code);
    return failure.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("classes are counted even if they are rare") {
  std::vector<int> labels(100000, 1);
  labels[77] = 3;
  const ClassShares shares = class_shares(labels, 4);
  CHECK(shares == ClassShares{0, 0.99999, 0, 0.00001});
  CHECK(first_class(shares) == 1);
  CHECK(make_label_function(shares, 3, 0)(0) == 3);
}

TEST_CASE("shares are read from the metadata with the same bits") {
  for (const ClassShares& shares :
       {ClassShares{1}, ClassShares{0.1, 0.2, 0.7}, ClassShares{1. / 3, 0, 2. / 3}}) {
    Metadata metadata{{"step", "3"}};
    write_shares(shares, metadata);
    CHECK(read_shares(metadata, "m.safetensors") == shares);
  }
}

TEST_CASE("data without classes adds nothing to the file") {
  Metadata metadata;
  write_shares({}, metadata);
  CHECK(metadata.empty());
  CHECK(read_shares(metadata, "m.safetensors").empty());
}

TEST_CASE("edited shares are refused with an error that names the file") {
  for (const char* text : {"", "garbage", "{", "3", "null", "{}", "[]", "[0.5]", "[0.5, 0.6]",
                           "[1.5, -0.5]", "[\"1\"]", "[0.5, null, 0.5]", "[[1]]", "[1e999]"}) {
    CAPTURE(text);
    CHECK(refusal(Exit::file,
                  [&] {
                    read_shares({{"data.classes", text}}, "m.safetensors");
                  }) ==
          "[model] m.safetensors: \"data.classes\" of its metadata "
          "is not an array of shares that add up to 1; use the unedited file of the run");
  }
}

TEST_CASE("a requested label is given to every sample, if the class exists") {
  const ClassShares shares{0.25, 0.75};
  for (int wanted : {0, 1}) {
    const auto label = make_label_function(shares, wanted, 1);
    for (int sample : {0, 1, 99999}) CHECK(label(sample) == wanted);
  }
  for (int wanted : {-1, 2, 1000000000}) {
    CHECK(refusal(Exit::usage, [&] { make_label_function(shares, wanted, 1); }) ==
          "[label] there is no class " + std::to_string(wanted) +
              " for --label; choose one from 0 to 1");
  }
  // A class with share 0 cannot be requested.
  CHECK(refusal(Exit::usage, [] {
          make_label_function({0.5, 0, 0.5}, 1, 1);
        }) == "[label] there is no class 1 for --label; choose one from 0 to 2");
  CHECK(
      refusal(Exit::usage, [] { make_label_function({}, 0, 1); }) ==
      "[label] the network of this run takes no labels, so --label has no effect; leave it out, or "
      "train a run with /model/label {\"type\": \"embedding\"}");
}

TEST_CASE("without classes and without a request there are no labels") {
  CHECK_FALSE(make_label_function({}, {}, 1));
}

TEST_CASE("drawn labels depend only on the shares, the seed and the sample's number") {
  const ClassShares shares{0.5, 0, 0.2, 0.3};
  const auto label = make_label_function(shares, {}, 7), again = make_label_function(shares, {}, 7),
             other = make_label_function(shares, {}, 8);
  constexpr int kRows = 40000;
  std::vector<int> count(shares.size());
  int differ = 0;
  for (int k = kRows - 1; k >= 0; --k) {
    REQUIRE(label(k) == again(k));
    differ += label(k) != other(k);
    ++count[label(k)];
  }
  CHECK(count[1] == 0);  // a class with share 0 is never drawn
  for (std::size_t c = 0; c < shares.size(); ++c) {
    CAPTURE(c);
    // The tolerance is six standard deviations of a binomial count.
    const double expected = kRows * shares[c], spread = std::sqrt(expected * (1 - shares[c]));
    CHECK(std::abs(count[c] - expected) <= 6 * spread);
  }
  // Two independent labels differ with probability 1 - sum of squared shares.
  CHECK(differ == Approx(kRows * (1 - 0.25 - 0.04 - 0.09)).epsilon(0.05));
}
