#include "adapter/pod/resolv_conf.h"

#include <gtest/gtest.h>

namespace slipway::adapter {
namespace {

constexpr const char* kMachine =
    "# by hand\nnameserver 127.0.0.1\nnameserver 10.0.0.2\nsearch old\n"
    "search corp.example. lan\noptions timeout:1 ndots:2\n";

TEST(ResolvConf, AddsThePodsToTheMachines) {
  pod::PodPlan plan;
  plan.dns.nameservers = {"10.0.0.2", "9.9.9.9"};
  plan.dns.searches = {"lan", "svc.local"};
  plan.dns.options = {"ndots:5", "edns0"};
  EXPECT_EQ(resolv_text(plan, kMachine),
            "nameserver 10.0.0.2\nnameserver 9.9.9.9\n"
            "search corp.example lan svc.local\n"
            "options timeout:1 ndots:5 edns0\n");
}

TEST(ResolvConf, IsTheMachinesWithoutADnsConfig) {
  EXPECT_EQ(resolv_text({}, kMachine),
            "nameserver 10.0.0.2\nsearch corp.example lan\noptions timeout:1 ndots:2\n");
  EXPECT_EQ(resolv_text({}, "nameserver 10.0.0.2\ndomain home\n"),
            "nameserver 10.0.0.2\nsearch home\n");
  pod::PodPlan host;
  host.host_network = true;
  EXPECT_EQ(resolv_text(host, "nameserver 127.0.0.1\n"), "nameserver 127.0.0.1\n");
}

TEST(ResolvConf, PolicyNoneLeavesThePodsAlone) {
  pod::PodPlan plan;
  plan.dns = {.policy = "None", .nameservers = {"127.0.0.1", "1.1.1.1"}};
  EXPECT_EQ(resolv_text(plan, kMachine), "nameserver 127.0.0.1\nnameserver 1.1.1.1\n");
}

}  // namespace
}  // namespace slipway::adapter
