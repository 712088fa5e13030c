// The other side of the server's HTTP calls: slow, refusing, and sometimes silent.
#pragma once

#include "port/http_client.h"
#include "sim/journal.h"
#include "sim/world.h"

namespace slipway::sim {

class SimHttp : public port::HttpClient {
 public:
  SimHttp(World& world, const SimJournal& journal) : world_(world), journal_(journal) {}

  void send(port::HttpRequest request, port::HttpDone done) override;

  size_t sent() const { return sent_; }

 private:
  bool justified(const port::HttpRequest& request) const;
  Result<port::HttpResponse> answer();

  World& world_;
  const SimJournal& journal_;
  size_t sent_ = 0;
};

}  // namespace slipway::sim
