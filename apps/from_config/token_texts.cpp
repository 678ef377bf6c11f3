#include "apps/from_config/token_texts.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "apps/failure.h"
#include "apps/formats/stored_text.h"
#include "apps/run/token_traits.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {
namespace {

// Reads a text file. Throws Failure (exit 4) with this `cure` if the file cannot be read.
StoredText read_utf8(const std::string& path, const std::string& cure) {
  try {
    return read_stored_text(path, "data");
  } catch (const FileError& e) {
    throw Failure(Exit::file, fmt::format("[data] {}\n   {}", e.what(), cure));
  }
}

// Returns whether a character is white space of one byte or the no-break space.
bool is_space(const std::string& c) {
  return c == " " || c == "\n" || c == "\t" || c == "\xC2\xA0";
}

// Formats a count: "3 words", "1 word".
std::string counted(std::size_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

// Applies the options of a text section to the text of a file and returns its characters.
// `replaced` becomes the number of characters that are not among the letters to keep and became
// spaces.
std::vector<std::string> normalised(const std::string& text, const Json& section,
                                    std::size_t& replaced) {
  const bool lowercase = section.at("lowercase").get<bool>(),
             one_space = section.at("one_space").get<bool>();
  const std::vector<std::string> kept = split_characters(section.at("letters").get<std::string>());
  const std::set<std::string> letters(kept.begin(), kept.end());
  std::vector<std::string> out;
  for (std::string& c : split_characters(text)) {
    if (lowercase && c[0] >= 'A' && c[0] <= 'Z') c[0] = static_cast<char>(c[0] - 'A' + 'a');
    const bool space = is_space(c);
    if (!letters.empty() && !letters.contains(c) && !(space && !one_space)) {
      replaced += !space;
      c = " ";
    }
    if (one_space && (space || c == " ")) {
      if (out.empty() || out.back() == " ") continue;
      c = " ";
    }
    out.push_back(std::move(c));
  }
  return out;
}

// Counts the words of a list that are left out, by reason.
struct LeftOutWords {
  std::size_t of_other_length = 0, with_other_letters = 0, repeated = 0;
  std::string example;  // a word with other letters
};

FileReport word_report(const Json& section, std::size_t read, const WordList& list,
                       const LeftOutWords& left_out) {
  const std::string path = section.at("path").get<std::string>();
  std::string why;
  const auto add = [&](std::size_t count, const std::string& what) {
    if (count > 0) why += fmt::format("{}{} {}", why.empty() ? "; left out: " : ", ", count, what);
  };
  add(left_out.of_other_length,
      fmt::format("not of {} to {} letters", section.at("shortest").get<int>(),
                  section.at("longest").get<int>()));
  add(left_out.with_other_letters, fmt::format("with characters that are not in /data/letters, "
                                               "such as \"{}\"",
                                               shown_text(left_out.example)));
  add(left_out.repeated, "repeated");
  return {fmt::format("read {}: {}, {} to train on and {} held out{}", shown_text(path, 4096),
                      counted(read, "word"), list.training.size(), list.held_out.size(), why),
          {},
          {{"file", path},
           {"words", read},
           {"training", list.training.size()},
           {"held_out", list.held_out.size()},
           {"left_out", Json{{"of_other_length", left_out.of_other_length},
                             {"with_other_letters", left_out.with_other_letters},
                             {"repeated", left_out.repeated}}}}};
}

// Reports a file with `characters` characters, of which `replaced` became spaces.
FileReport text_report(const std::string& path, std::size_t characters, std::size_t replaced,
                       const TextFile& file) {
  const std::size_t used = file.training.size() + file.held_out.size();
  std::string change;
  if (replaced > 0)
    change +=
        fmt::format("; {} not in /data/letters became spaces", counted(replaced, "character"));
  if (used < characters)
    change += fmt::format("; {} of white space joined", counted(characters - used, "character"));
  return {fmt::format("read {}: {}, {} to train on and {} held out, {}{}", shown_text(path, 4096),
                      counted(characters, "character"), file.training.size(), file.held_out.size(),
                      counted(file.glyphs.size(), "distinct character"), change),
          {},
          {{"file", path},
           {"characters", characters},
           {"training", file.training.size()},
           {"held_out", file.held_out.size()},
           {"distinct", file.glyphs.size()},
           {"replaced", replaced},
           {"joined", characters - used}}};
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
  const StoredText stored =
      read_utf8(path,
                "install a word list (Debian: "
                "apt install wamerican), or set /data/path to a list with one word per line");
  WordList list;
  list.mark = stored.mark;
  std::set<std::string> seen, used;
  LeftOutWords left_out;
  std::size_t read = 0;
  for (std::string_view rest = stored.text; !rest.empty();) {
    const std::string word(trimmed(take_line(rest)));
    if (word.empty()) continue;
    ++read;
    const std::vector<std::string> letters = split_characters(word);
    const auto fits = [&](const std::string& c) { return allowed.contains(c); };
    if (letters.size() < shortest || letters.size() > longest) {
      ++left_out.of_other_length;
    } else if (!std::all_of(letters.begin(), letters.end(), fits)) {
      if (left_out.with_other_letters++ == 0) left_out.example = word;
    } else if (!seen.insert(word).second) {
      ++left_out.repeated;
    } else {
      used.insert(letters.begin(), letters.end());
      (is_held_out(word, share) ? list.held_out : list.training).push_back(word);
    }
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
  list.report = word_report(section, read, list, left_out);
  return list;
}

TextFile read_text(const Json& section) {
  const std::string path = section.at("path").get<std::string>();
  const std::size_t length = section.at("length").get<std::size_t>();
  const double share = section.at("held_out").get<double>();
  const StoredText stored = read_utf8(path, "set /data/path to a text file");
  const std::string raw = with_newlines(stored.text);
  std::size_t replaced = 0;
  const std::vector<std::string> text = normalised(raw, section, replaced);
  const std::set<std::string> used(text.begin(), text.end());
  TextFile file;
  file.mark = stored.mark;
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
  file.report = text_report(path, split_characters(raw).size(), replaced, file);
  return file;
}

}  // namespace pushforward::app
