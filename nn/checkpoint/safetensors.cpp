#include "nn/checkpoint/safetensors.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "nn/checkpoint/utf8.h"

namespace pushforward {

static_assert(std::endian::native == std::endian::little,
              "safetensors buffers are copied as they are");

namespace {

constexpr std::uint64_t header_limit = 100'000'000;
constexpr std::uint64_t length_bytes = 8;
constexpr const char* hash_key = "xxh3";

// Element types (dtypes) that only later versions of the file format have. They get an error
// message of their own.
constexpr std::array<std::string_view, 10> newer_dtypes{
    "F4", "F6_E2M3", "F6_E3M2", "F8_E4M3", "F8_E5M2", "F8_E8M0", "I4", "U4", "F8_E4M3FNUZ", "C64"};

[[noreturn]] void safetensors_fault(const std::string& source, const std::string& text) {
  throw FileError(source, "safetensors", 0, "[safetensors] " + source + ": " + text);
}

constexpr const char* damaged = "; the file is damaged or not safetensors: fetch or write it anew";

std::string compute_hash(std::string_view buffer) {
  std::array<char, 17> digits;
  std::snprintf(digits.data(), digits.size(), "%016llx",
                static_cast<unsigned long long>(XXH3_64bits(buffer.data(), buffer.size())));
  return digits.data();
}

// The entry of one tensor in the header of a safetensors file.
struct Entry {
  std::string name;
  Dtype dtype = Dtype::f32;
  std::vector<std::uint64_t> shape;
  std::uint64_t begin = 0, end = 0;
};

// Handles the header's JSON while it is parsed. It builds nothing that the format does not allow,
// so deeply nested or repetitive text needs no memory. Throws FileError at the first violation.
class HeaderReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit HeaderReader(const std::string& source) : source_(source) {}

  std::vector<Entry> entries;
  Metadata metadata;

  bool null() override { return misplaced("null"); }
  bool boolean(bool) override { return misplaced("a boolean"); }
  bool number_integer(number_integer_t) override { return misplaced("a negative number"); }
  bool number_float(number_float_t, const string_t& text) override {
    return misplaced("the number " + text + ", no integer below 2^64,");
  }
  bool binary(binary_t&) override { return misplaced("binary data"); }

  bool number_unsigned(number_unsigned_t value) override {
    if (place_ != Place::shape && place_ != Place::offsets) return misplaced("a number");
    numbers_.push_back(value);
    return true;
  }

  bool string(string_t& value) override {
    if (place_ == Place::metadata) {
      metadata[key_] = value;
    } else if (place_ == Place::tensor && key_ == "dtype") {
      entries.back().dtype = known_dtype(value);
    } else {
      return misplaced("a string");
    }
    return true;
  }

  bool start_object(std::size_t) override {
    if (place_ == Place::outside) {
      place_ = Place::header;
    } else if (place_ == Place::header && key_ == "__metadata__") {
      place_ = Place::metadata;
      seen_.clear();
    } else if (place_ == Place::header) {
      place_ = Place::tensor;
      entries.emplace_back();
      entries.back().name = key_;
      seen_.clear();
    } else {
      return misplaced("an object");
    }
    return true;
  }

  bool key(string_t& value) override {
    auto& names = place_ == Place::header ? header_keys_ : seen_;
    if (!names.insert(value).second) {
      safetensors_fault(source_, "duplicate key \"" + value + "\" in " + where() + damaged);
    }
    if (place_ == Place::tensor && value != "dtype" && value != "shape" &&
        value != "data_offsets") {
      safetensors_fault(source_, "unknown key \"" + value + "\" in " + where() +
                                     ": a tensor has dtype, shape and data_offsets only" + damaged);
    }
    key_ = value;
    return true;
  }

  bool end_object() override {
    if (place_ == Place::tensor) {
      for (const char* needed : {"dtype", "shape", "data_offsets"}) {
        if (!seen_.count(needed))
          safetensors_fault(source_, where() + " has no " + needed + damaged);
      }
    }
    place_ = place_ == Place::header ? Place::outside : Place::header;
    return true;
  }

  bool start_array(std::size_t) override {
    if (place_ != Place::tensor || key_ == "dtype") return misplaced("an array");
    place_ = key_ == "shape" ? Place::shape : Place::offsets;
    numbers_.clear();
    return true;
  }

  bool end_array() override {
    if (place_ == Place::shape) {
      entries.back().shape = numbers_;
    } else {
      if (numbers_.size() != 2) {
        safetensors_fault(source_, "bad offset: data_offsets of " + where() + " has " +
                                       std::to_string(numbers_.size()) +
                                       " numbers, not [begin, end]" + damaged);
      }
      entries.back().begin = numbers_[0];
      entries.back().end = numbers_[1];
    }
    place_ = Place::tensor;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    std::string text = error.what();  // "[json.exception.parse_error.101] parse error at ...: ..."
    if (const std::size_t end = text.find("] "); end != std::string::npos) text.erase(0, end + 2);
    safetensors_fault(source_, "the header is not JSON (byte " + std::to_string(position) +
                                   "): " + text + damaged);
  }

 private:
  enum class Place { outside, header, metadata, tensor, shape, offsets };
  const std::string& source_;
  Place place_ = Place::outside;
  std::string key_;
  std::set<std::string> header_keys_, seen_;
  std::vector<std::uint64_t> numbers_;

  std::string where() const {
    if (place_ == Place::metadata) return "__metadata__";
    if (place_ == Place::outside || place_ == Place::header) return "the header";
    return "tensor \"" + entries.back().name + "\"";
  }

  bool misplaced(const std::string& what) {
    const char* wanted = place_ == Place::metadata  ? "a string"
                         : place_ == Place::shape   ? "sizes"
                         : place_ == Place::offsets ? "offsets"
                         : place_ == Place::tensor  ? (key_ == "dtype" ? "a string" : "an array")
                                                    : "an object";
    const std::string at =
        place_ == Place::shape || place_ == Place::offsets || place_ == Place::outside
            ? ""
            : " at \"" + key_ + "\"";
    safetensors_fault(source_, "wrong type in " + where() + at + ": " + what + " stands where " +
                                   wanted + " must" + damaged);
  }

  Dtype known_dtype(const std::string& name) {
    if (const auto dtype = dtype_named(name)) return *dtype;
    const bool newer =
        std::find(newer_dtypes.begin(), newer_dtypes.end(), name) != newer_dtypes.end();
    safetensors_fault(source_,
                      "tensor \"" + entries.back().name + "\" has dtype " + name +
                          (newer ? ", which is not read here; convert it to F32 or BF16"
                                 : ", which no safetensors file has: "
                                   "known are BOOL U8 I8 I16 U16 F16 BF16 I32 U32 F32 F64 I64 U64; "
                                   "write the file anew"));
  }
};

// Returns a view into `buffer` for each tensor of the header. Checks that there is no hole and no
// overlap, that sizes match shapes and dtypes, and that the last tensor ends at the buffer's end.
std::map<std::string, TensorView> make_views(std::vector<Entry>& entries, std::string_view buffer,
                                             const std::string& source) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
  std::uint64_t previous_end = 0;
  for (const Entry& entry : entries) {
    const std::string tensor = "tensor \"" + entry.name + "\"";
    const auto [begin, end] = std::pair(entry.begin, entry.end);
    // g++ 12 warns of a copy that is too long if the first part is no std::string.
    const std::string range =
        std::string("[") + std::to_string(begin) + ", " + std::to_string(end) + "]";
    if (end < begin)
      safetensors_fault(source,
                        "bad offset: " + tensor + " ends before it begins, " + range + damaged);
    if (begin != previous_end) {
      safetensors_fault(source, "bad offset: " + tensor + " begins at " + std::to_string(begin) +
                                    ", but the bytes before it end at " +
                                    std::to_string(previous_end) +
                                    (begin < previous_end ? " (overlap)" : " (hole)") + damaged);
    }
    const std::optional<std::uint64_t> size = count_bytes(entry.shape, entry.dtype);
    const std::string what = std::string(name_of(entry.dtype)) + " " + bracketed_shape(entry.shape);
    if (!size)
      safetensors_fault(source,
                        "overflow: " + tensor + ", " + what + ", has 2^64 bytes or more" + damaged);
    if (*size != end - begin) {
      safetensors_fault(source, "wrong size: " + tensor + ", " + what + ", takes " +
                                    std::to_string(*size) + " bytes, but its offsets " + range +
                                    " span " + std::to_string(end - begin) + damaged);
    }
    previous_end = end;
  }
  if (previous_end > buffer.size()) {
    safetensors_fault(source, "truncated: the tensors take " + std::to_string(previous_end) +
                                  " bytes, but only " + std::to_string(buffer.size()) +
                                  " follow the header" + damaged);
  }
  if (previous_end < buffer.size()) {
    safetensors_fault(source, "trailing bytes: " + std::to_string(buffer.size() - previous_end) +
                                  " follow the last tensor's end" + damaged);
  }
  std::map<std::string, TensorView> views;
  for (Entry& entry : entries) {
    const std::string_view bytes = buffer.substr(entry.begin, entry.end - entry.begin);
    TensorView view{entry.name, entry.dtype, std::move(entry.shape), bytes};
    views.emplace(entry.name, std::move(view));
  }
  return views;
}

// Checks the length and the bytes of a file's header and returns the header's text.
std::string_view checked_header(std::string_view bytes, const std::string& source) {
  if (bytes.size() < length_bytes) {
    safetensors_fault(source, "header too small: the file has " + std::to_string(bytes.size()) +
                                  " bytes, the header's length alone takes 8" + damaged);
  }
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), length_bytes);
  if (length > header_limit) {
    safetensors_fault(source, "header too large: it claims " + std::to_string(length) +
                                  " bytes, at most " + std::to_string(header_limit) +
                                  " are allowed" + damaged);
  }
  if (length < 2) {
    safetensors_fault(source, "header too small: it claims " + std::to_string(length) +
                                  " bytes, {} takes 2" + damaged);
  }
  if (length > bytes.size() - length_bytes) {
    safetensors_fault(
        source, "header too large: it claims " + std::to_string(length) + " bytes, but only " +
                    std::to_string(bytes.size() - length_bytes) + " follow" + damaged);
  }
  const std::string_view header = bytes.substr(length_bytes, length);
  if (header[0] != '{')
    safetensors_fault(source, std::string("the header does not begin with {") + damaged);
  if (const auto at = not_utf8_at(header)) {
    safetensors_fault(source, "the header is not UTF-8: byte " + std::to_string(*at) + damaged);
  }
  // The JSON parser would stop at a zero byte and ignore the rest of the text.
  if (const std::size_t zero = header.find('\0'); zero != std::string_view::npos) {
    safetensors_fault(source,
                      "the header is not JSON: a zero byte at " + std::to_string(zero) + damaged);
  }
  return header;
}

std::string quoted(const std::string& text) { return nlohmann::json(text).dump(); }

}  // namespace

Safetensors::Safetensors(std::string bytes, const std::string& source)
    : bytes_(std::make_unique<const std::string>(std::move(bytes))), source_(source) {
  const std::string_view header = checked_header(*bytes_, source);
  HeaderReader reader(source_);
  nlohmann::json::sax_parse(header.begin(), header.end(), &reader);
  const std::string_view buffer = std::string_view(*bytes_).substr(length_bytes + header.size());
  tensors_ = make_views(reader.entries, buffer, source);
  metadata_ = std::move(reader.metadata);
  const auto hash = metadata_.find(hash_key);
  if (hash != metadata_.end() && hash->second != compute_hash(buffer)) {
    safetensors_fault(
        source, "checksum: the buffer's xxh3 is " + compute_hash(buffer) + ", the header says " +
                    hash->second +
                    "; the file is damaged: use another copy or an earlier checkpoint");
  }
}

const TensorView* Safetensors::find(const std::string& name) const {
  const auto found = tensors_.find(name);
  return found == tensors_.end() ? nullptr : &found->second;
}

const TensorView& Safetensors::at(const std::string& name) const {
  if (const TensorView* tensor = find(name)) return *tensor;
  safetensors_fault(source_, "there is no tensor \"" + name + "\" among its " +
                                 std::to_string(tensors_.size()) +
                                 "; check that the file belongs to this model");
}

Safetensors read_safetensors(FileSystem& files, const std::string& path) {
  return Safetensors(read_regular_file(files, path), path);
}

std::string safetensors_bytes(std::vector<TensorView> tensors, Metadata metadata) {
  const std::string source = "new file";
  std::sort(tensors.begin(), tensors.end(), [](const TensorView& a, const TensorView& b) {
    const std::size_t size_a = size_of(a.dtype), size_b = size_of(b.dtype);
    return size_a != size_b ? size_a > size_b : a.name < b.name;
  });
  std::set<std::string> names;
  std::uint64_t total = 0;
  for (const TensorView& tensor : tensors) {
    const std::string what = "tensor \"" + tensor.name + "\"";
    if (not_utf8_at(tensor.name))
      safetensors_fault(source, "the name of " + what + " is not UTF-8; rename it");
    if (tensor.name == "__metadata__")
      safetensors_fault(source, "the name __metadata__ is taken; rename the tensor");
    if (!names.insert(tensor.name).second)
      safetensors_fault(source, what + " is given twice; rename one of them");
    const auto size = count_bytes(tensor.shape, tensor.dtype);
    if (!size || *size != tensor.bytes.size()) {
      safetensors_fault(source, what + ", " + std::string(name_of(tensor.dtype)) + " " +
                                    bracketed_shape(tensor.shape) + ", takes " +
                                    (size ? std::to_string(*size) : "2^64 or more") +
                                    " bytes, but " + std::to_string(tensor.bytes.size()) +
                                    " are given; correct its shape");
    }
    total += tensor.bytes.size();
  }
  std::string buffer;
  buffer.reserve(total);
  std::string entries;
  for (const TensorView& tensor : tensors) {
    const std::size_t begin = buffer.size();
    buffer += tensor.bytes;
    entries += "," + quoted(tensor.name) + ":{\"dtype\":\"" + std::string(name_of(tensor.dtype)) +
               "\",\"shape\":" + bracketed_shape(tensor.shape) + ",\"data_offsets\":[" +
               std::to_string(begin) + "," + std::to_string(buffer.size()) + "]}";
  }
  metadata[hash_key] = compute_hash(buffer);
  std::string header;
  for (const auto& [key, value] : metadata) {
    if (not_utf8_at(key) || not_utf8_at(value)) {
      safetensors_fault(source, "the metadata entry \"" + key + "\" is not UTF-8; rename it");
    }
    header += (header.empty() ? "{\"__metadata__\":{" : ",") + quoted(key) + ":" + quoted(value);
  }
  header += "}" + entries + "}";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  if (header.size() > header_limit) {
    safetensors_fault(source, "the header takes " + std::to_string(header.size()) +
                                  " bytes, at most " + std::to_string(header_limit) +
                                  " are allowed; write fewer tensors");
  }
  const std::uint64_t length = header.size();
  std::string bytes(length_bytes, '\0');
  std::memcpy(bytes.data(), &length, length_bytes);
  bytes.reserve(length_bytes + header.size() + buffer.size());
  bytes += header;
  bytes += buffer;
  return bytes;
}

void write_safetensors(FileSystem& files, const std::string& path, std::vector<TensorView> tensors,
                       Metadata metadata) {
  write_file_atomically(files, path, safetensors_bytes(std::move(tensors), std::move(metadata)));
}

}  // namespace pushforward
