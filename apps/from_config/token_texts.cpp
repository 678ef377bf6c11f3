#include "apps/from_config/token_texts.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "apps/failure_text.h"
#include "apps/formats/stored_text.h"
#include "apps/run/token_traits.h"
#include "apps/tables/class_file.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {
namespace {

// Reads a text file. Throws Failure (exit 4) with this `cure` if the file cannot be read.
StoredText read_utf8(const std::string& path, const std::string& cure) {
  try {
    return read_stored_text(path, "data");
  } catch (const FileError& e) {
    throw file_error("[data] {}\n   {}", e.what(), cure);
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
// `own` says whether the held-out text is a part of it, and not a file of its own.
FileReport text_report(const std::string& path, std::size_t characters, std::size_t replaced,
                       const TextFile& file, bool own) {
  const std::size_t used = file.training.size() + (own ? file.held_out.size() : 0);
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

namespace {

// The words that a section keeps of one file, in order, and the characters of these.
struct KeptWords {
  std::vector<std::string> words;
  std::vector<std::string> classes;  // of the words, or empty
  std::set<std::string> letters;
  LeftOutWords left_out;
  std::size_t read = 0;
};

// Returns the number of words in a list, one a line.
std::size_t count_words(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) count += !trimmed(take_line(text)).empty();
  return count;
}

// `classes` are those of all words of the text, or there are none.
KeptWords keep_words(const std::string& text, const Json& section, const RowClasses& classes = {}) {
  const std::size_t shortest = section.at("shortest").get<std::size_t>(),
                    longest = section.at("longest").get<std::size_t>();
  const std::vector<std::string> wanted =
      split_characters(section.at("letters").get<std::string>());
  const std::set<std::string> allowed(wanted.begin(), wanted.end());
  KeptWords kept;
  std::set<std::pair<std::string, std::string>> seen;  // words with their classes
  for (std::string_view rest = text; !rest.empty();) {
    const std::string word(trimmed(take_line(rest)));
    if (word.empty()) continue;
    std::string of_word;
    if (!classes.labels.empty())
      of_word = classes.names[static_cast<std::size_t>(classes.labels[kept.read])];
    ++kept.read;
    const std::vector<std::string> letters = split_characters(word);
    const auto fits = [&](const std::string& c) { return allowed.contains(c); };
    if (letters.size() < shortest || letters.size() > longest) {
      ++kept.left_out.of_other_length;
    } else if (!std::all_of(letters.begin(), letters.end(), fits)) {
      if (kept.left_out.with_other_letters++ == 0) kept.left_out.example = word;
    } else if (!seen.emplace(word, of_word).second) {
      ++kept.left_out.repeated;
    } else {
      kept.letters.insert(letters.begin(), letters.end());
      kept.words.push_back(word);
      if (!classes.labels.empty()) kept.classes.push_back(of_word);
    }
  }
  return kept;
}

// Splits the kept words by the key held_out.
void split_words(const KeptWords& kept, const Json& section, WordList& list) {
  const Json& choice = section.at("held_out");
  const std::string path = section.at("path").get<std::string>();
  std::set<std::string> letters = kept.letters;
  std::set<std::string> held_out;
  if (choice.is_string()) {
    const std::string file = choice.text();
    const KeptWords other = keep_words(
        read_utf8(file, "set /data/held_out to a list with one word per line, or to a share").text,
        section);
    if (other.words.empty())
      throw file_error(
          "[data] {} (/data/held_out): none of its {} words has /data/shortest to /data/longest "
          "letters out of /data/letters; give another list",
          file, other.read);
    list.held_out = other.words;
    held_out.insert(other.words.begin(), other.words.end());
    letters.insert(other.letters.begin(), other.letters.end());
  }
  const auto is_held = row_chooser(choice, kept.words.size(), path);
  for (std::size_t k = 0; k < kept.words.size(); ++k) {
    const std::string& word = kept.words[k];
    if (choice.is_string() ? held_out.contains(word) : is_held(k, word)) {
      if (choice.is_string()) continue;
      list.held_out.push_back(word);
      if (!kept.classes.empty()) list.held_out_classes.push_back(kept.classes[k]);
      continue;
    }
    list.training.push_back(word);
    if (!kept.classes.empty()) list.training_classes.push_back(kept.classes[k]);
  }
  list.letters.assign(letters.begin(), letters.end());
}

}  // namespace

std::function<bool(std::size_t, std::string_view)> row_chooser(const Json& choice, std::size_t rows,
                                                               const std::string& name) {
  if (choice.is_number())
    return [share = choice.get<double>()](std::size_t, std::string_view bytes) {
      return is_held_out(bytes, share);
    };
  if (choice.is_string()) return [](std::size_t, std::string_view) { return false; };
  std::vector<std::size_t> numbers = choice.get<std::vector<std::size_t>>();
  std::sort(numbers.begin(), numbers.end());
  if (!numbers.empty() && numbers.back() >= rows)
    throw usage_error(
        "[data] /data/held_out has row {}, but {} has {} rows, 0 to {}; give "
        "numbers of its rows, counted from 0",
        numbers.back(), name, rows, rows - 1);
  return [numbers = std::move(numbers)](std::size_t row, std::string_view) {
    return std::binary_search(numbers.begin(), numbers.end(), row);
  };
}

WordList read_words(const Json& section) {
  const std::string path = section.at("path").get<std::string>();
  const std::size_t shortest = section.at("shortest").get<std::size_t>(),
                    longest = section.at("longest").get<std::size_t>();
  const StoredText stored =
      read_utf8(path,
                "install a word list (Debian: "
                "apt install wamerican), or set /data/path to a list with one word per line");
  WordList list;
  list.mark = stored.mark;
  const std::string labels = section.at("labels").text();
  const Json& choice = section.at("held_out");
  if (!labels.empty() && choice.is_string())
    throw Failure(Exit::usage, classes_of_held_out(path, labels, choice.text(), "/data/held_out"));
  const KeptWords kept =
      keep_words(stored.text, section,
                 read_row_classes(labels, section.at("label").text(),
                                  labels.empty() ? 0 : count_words(stored.text), path));
  split_words(kept, section, list);
  if (list.training.empty())
    throw file_error(
        "[data] {}: no word is left to train on: of its {} words, {} have {} to {} letters out of "
        "\"{}\"{}; change /data/shortest, /data/longest, /data/letters or the list",
        path, kept.read, kept.words.size(), shortest, longest,
        section.at("letters").get<std::string>(),
        kept.words.empty() ? "" : " and all of them are held out");
  list.report = word_report(section, kept.read, list, kept.left_out);
  return list;
}

TextFile read_text(const Json& section) {
  const std::string path = section.at("path").get<std::string>();
  const std::size_t length = section.at("length").get<std::size_t>();
  const Json& choice = section.at("held_out");
  const double share = choice.is_number() ? choice.get<double>() : 0;
  const StoredText stored = read_utf8(path, "set /data/path to a text file");
  const std::string raw = with_newlines(stored.text);
  std::size_t replaced = 0;
  const std::vector<std::string> text = normalised(raw, section, replaced);
  std::set<std::string> used(text.begin(), text.end());
  std::vector<std::string> other;  // the text of a file of its own that is held out
  if (choice.is_string()) {
    std::size_t unseen = 0;
    const std::string held =
        read_utf8(choice.text(), "set /data/held_out to a text file, or to a share of the text")
            .text;
    other = normalised(with_newlines(held), section, unseen);
    used.insert(other.begin(), other.end());
  }
  TextFile file;
  file.mark = stored.mark;
  file.glyphs.assign(used.begin(), used.end());
  std::map<std::string, int> token;
  for (const std::string& glyph : used) token.emplace(glyph, static_cast<int>(token.size()));
  const auto held = static_cast<std::size_t>(std::ceil(share * static_cast<double>(text.size())));
  const std::size_t kept = text.size() - std::min(held, text.size());
  for (std::size_t k = 0; k < text.size(); ++k)
    (k < kept ? file.training : file.held_out).push_back(token.at(text[k]));
  for (const std::string& c : other) file.held_out.push_back(token.at(c));
  const bool holds_out = share > 0 || choice.is_string();
  if (file.training.size() < length || (holds_out && file.held_out.size() < length))
    throw file_error(
        "[data] {}: it has {} characters to train on and {} held out, but a window needs {}; "
        "use a longer text, a shorter /data/length, or another /data/held_out (0: none)",
        path, file.training.size(), file.held_out.size(), length);
  if (file.glyphs.size() < 2)
    throw file_error(
        "[data] {}: the text has only one distinct character, so there is nothing to learn; "
        "use another text",
        path);
  file.report =
      text_report(path, split_characters(raw).size(), replaced, file, !choice.is_string());
  return file;
}

}  // namespace pushforward::app
