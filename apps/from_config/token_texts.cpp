#include "apps/from_config/token_texts.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <sstream>

#include "apps/failure.h"
#include "apps/formats/gzip.h"
#include "apps/run/token_traits.h"
#include "nn/checkpoint/file.h"
#include "nn/checkpoint/utf8.h"

namespace pushforward::app {
namespace {

// Returns the bytes of a UTF-8 text file, unpacked if it is compressed.
std::string read_utf8(const std::string& path, const std::string& cure) {
  std::string text;
  try {
    text = read_file(posix(), path);
  } catch (const FileError& e) {
    throw Failure(Exit::file, fmt::format("[data] {}\n   {}", e.what(), cure));
  }
  if (is_gzip(text)) text = gunzip(text, path);
  if (const auto at = not_utf8_at(text))
    throw Failure(Exit::file,
                  fmt::format("[data] {}: byte {} is not UTF-8; "
                              "convert the file, for example with `iconv -f latin1 -t utf8`",
                              path, *at));
  return text;
}

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// Applies the options of a text section to the file's text and returns its characters.
std::vector<std::string> normalised(const std::string& text, const Json& section) {
  const bool lowercase = section.at("lowercase").get<bool>(),
             one_space = section.at("one_space").get<bool>();
  const std::vector<std::string> kept = split_characters(section.at("letters").get<std::string>());
  const std::set<std::string> letters(kept.begin(), kept.end());
  std::vector<std::string> out;
  for (std::string& c : split_characters(text)) {
    if (lowercase && c[0] >= 'A' && c[0] <= 'Z') c[0] = static_cast<char>(c[0] - 'A' + 'a');
    const bool space = c.size() == 1 && is_space(c[0]);
    if (!letters.empty() && !letters.contains(c) && !(space && !one_space)) c = " ";
    if (one_space && (space || c == " ")) {
      if (out.empty() || out.back() == " ") continue;
      c = " ";
    }
    out.push_back(std::move(c));
  }
  return out;
}

}  // namespace

bool is_held_out(std::string_view bytes, double share) {
  return std::ldexp(static_cast<double>(XXH3_64bits(bytes.data(), bytes.size())), -64) < share;
}

WordList read_words(const Json& section) {
  const std::string path = section.at("path").get<std::string>();
  const std::size_t shortest = section.at("shortest").get<std::size_t>(),
                    longest = section.at("longest").get<std::size_t>();
  const double share = section.at("held_out").get<double>();
  const std::vector<std::string> wanted =
      split_characters(section.at("letters").get<std::string>());
  const std::set<std::string> allowed(wanted.begin(), wanted.end());
  std::istringstream lines(
      read_utf8(path,
                "install a word list (Debian: "
                "apt install wamerican), or set /data/path to a list with one word per line"));
  WordList list;
  std::set<std::string> seen, used;
  std::size_t read = 0;
  for (std::string word; std::getline(lines, word);) {
    if (!word.empty() && word.back() == '\r') word.pop_back();
    read += !word.empty();
    const std::vector<std::string> letters = split_characters(word);
    if (letters.size() < shortest || letters.size() > longest) continue;
    const auto fits = [&](const std::string& c) { return allowed.contains(c); };
    if (!std::all_of(letters.begin(), letters.end(), fits) || !seen.insert(word).second) continue;
    used.insert(letters.begin(), letters.end());
    (is_held_out(word, share) ? list.held_out : list.training).push_back(word);
  }
  if (list.training.empty())
    throw Failure(Exit::file,
                  fmt::format("[data] {}: no word is left to train on: "
                              "of its {} words, {} have {} to {} letters out of \"{}\"{}; "
                              "change /data/shortest, /data/longest, /data/letters or the list",
                              path, read, seen.size(), shortest, longest,
                              section.at("letters").get<std::string>(),
                              seen.empty() ? "" : " and all of them are held out"));
  list.letters.assign(used.begin(), used.end());
  return list;
}

TextFile read_text(const Json& section) {
  const std::string path = section.at("path").get<std::string>();
  const std::size_t length = section.at("length").get<std::size_t>();
  const double share = section.at("held_out").get<double>();
  const std::string raw = read_utf8(path, "set /data/path to a text file");
  const std::vector<std::string> text = normalised(raw, section);
  const std::set<std::string> used(text.begin(), text.end());
  TextFile file;
  file.glyphs.assign(used.begin(), used.end());
  std::map<std::string, int> token;
  for (const std::string& glyph : used) token.emplace(glyph, static_cast<int>(token.size()));
  const auto held = static_cast<std::size_t>(std::ceil(share * static_cast<double>(text.size())));
  const std::size_t kept = text.size() - std::min(held, text.size());
  for (std::size_t k = 0; k < text.size(); ++k)
    (k < kept ? file.training : file.held_out).push_back(token.at(text[k]));
  if (file.training.size() < length || (share > 0 && file.held_out.size() < length))
    throw Failure(
        Exit::file,
        fmt::format(
            "[data] {}: it has {} characters to train on and {} held out, but a window needs {}; "
            "use a longer text, a shorter /data/length, or another /data/held_out (0: none)",
            path, file.training.size(), file.held_out.size(), length));
  if (file.glyphs.size() < 2)
    throw Failure(
        Exit::file,
        fmt::format(
            "[data] {}: the text has only one distinct character, so there is nothing to learn; "
            "use another text",
            path));
  return file;
}

}  // namespace pushforward::app
