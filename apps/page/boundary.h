// The engine's side of the page as four C functions, for WebAssembly.
//
// There is one session at a time. No exception leaves these functions: the answer to a question
// that fails is a message of type "fault".
#pragma once

#include <cstddef>

extern "C" {

// Answers a question, a JSON text (apps/page/message.h). Besides the questions of a session
// (apps/page/session.h) there are three that need no session:
//
//   {"ask": "open", "config": TEXT, "name": NAME, "folder": FOLDER, "overrides": [...]}
//              starts a new session and answers as "opened" does. With "of_run": true the config is
//              that of an existing run. Its key `from` may name a folder of the page with a run's
//              config.json and model.safetensors, whose weights are then the first ones.
//   {"ask": "describe", "config": TEXT, "name": NAME, "overrides": [...], "of_run": BOOL}
//              says what a config needs: whether its data is "tokens", and its data "files" with
//              the key and the path of each
//   "program"  see apps/page/program.h
void page_ask(const char* question);
// Returns the text of the last answer, which ends in a zero.
const char* page_text();
// Return the block of numbers of the last answer, and how many there are.
const float* page_numbers();
std::size_t page_count();
}
