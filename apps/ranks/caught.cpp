#include "apps/ranks/caught.h"

#include <new>
#include <stdexcept>

#include "apps/run/free_memory.h"
#include "flow/sampling.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {

Failure caught_failure() {
  try {
    throw;
  } catch (const Failure& e) {
    return e;
  } catch (const FileError& e) {
    return {Exit::file, e.what()};
  } catch (const IntegrationFailure& e) {
    return {Exit::diverged, e.what()};
  } catch (const SamplingInterrupted& e) {
    return {Exit::interrupted, e.what()};
  } catch (const std::invalid_argument& e) {
    return {Exit::usage, e.what()};
  } catch (const MemoryRefused& e) {
    return {Exit::failed, e.what()};
  } catch (const std::bad_alloc&) {
    return {Exit::failed,
            "[memory] not enough memory; ask for fewer samples, a smaller batch or a smaller "
            "model"};
  } catch (const std::exception& e) {
    return {Exit::failed, e.what()};
  }
}

}  // namespace pushforward::app
