// Runs a fuzz target over its kept corpus: one input a line, in base64. An input that crashes the
// target crashes the test; a corpus without inputs fails it.
#include <fstream>
#include <iostream>

#include "base/base64.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: " << argv[0] << " CORPUS\n";
    return 2;
  }
  std::ifstream corpus(argv[1]);
  std::string line;
  int inputs = 0;
  while (std::getline(corpus, line)) {
    const auto input = slipway::decode_base64(line);
    if (!input.ok()) {
      std::cerr << argv[1] << ":" << inputs + 1 << ": not base64\n";
      return 1;
    }
    // A crash ends the process: say first which input it was.
    std::cout << "input " << ++inputs << std::endl;
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input->data()), input->size());
  }
  std::cout << inputs << " inputs of " << argv[1] << "\n";
  return inputs > 0 ? 0 : 1;
}
