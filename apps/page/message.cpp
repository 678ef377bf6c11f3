#include "apps/page/message.h"

#include "autograd/tensor/check.h"

namespace pushforward::app {

std::string PageMessage::text() const {
  Json whole = head;
  whole["protocol"] = kPageProtocol;
  Json list = Json::array();
  for (const Array& array : arrays) {
    Json shape = Json::array();
    for (const std::size_t n : array.shape) shape.push_back(n);
    list.push_back({{"name", array.name}, {"shape", std::move(shape)}, {"at", array.at}});
  }
  whole["arrays"] = std::move(list);
  return whole.dump();
}

void PageMessage::check_shape(const std::string& name, const std::vector<std::size_t>& shape,
                              std::size_t count) {
  std::size_t wanted = 1;
  for (const std::size_t n : shape) wanted *= n;
  detail::check(wanted == count, "page", "the array ", name, " has ", count,
                " numbers, but its shape has ", wanted);
}

PageMessage page_fault(const std::string& fault, const std::string& words) {
  PageMessage message("fault");
  message.head["fault"] = fault;
  message.head["words"] = words;
  return message;
}

}  // namespace pushforward::app
