// Addresses, names and neighbours of containers.
#include <arpa/inet.h>
#include <fmt/format.h>

#include <cstdlib>

#include "adapter/pod/oci_fixture.h"

namespace slipway::adapter {
namespace {

class OciNetworkTest : public OciTest {};

TEST_F(OciNetworkTest, AddressesOfPodAndMachineAreVariables) {
  auto plan = oci("o35", "");
  plan.containers[0].command = {"sh", "-c", "echo $IP $URL; echo $(HOST)"};
  plan.containers[0].env = {{.name = "IP", .runtime_field = "podIP"},
                            {.name = "HOST", .runtime_field = "hostIP"},
                            {.name = "URL", .value = "http://$(IP)/"}};
  const auto report = run(plan);
  ASSERT_EQ(report.phase, Phase::kSucceeded) << log_of("o35");
  EXPECT_EQ(report.result->find(report.pod_ip + " http://" + report.pod_ip + "/\n"), 0u)
      << *report.result;
  plan.id = PodId("o35b");
  plan.host_network = true;
  plan.containers[0].command = {"sh", "-c", "[ $IP = $HOST ] && echo same"};
  const auto host = run(plan);
  EXPECT_EQ(host.result, "same");
  EXPECT_FALSE(host.pod_ip.empty());
}

TEST_F(OciNetworkTest, PortsOfTheBridgeHaveNoAddressOfTheirOwn) {
  auto plan = oci("o38", "sleep 100");
  runtime_->start(plan);
  const std::string ip = inbox_.running(plan.id).pod_ip;
  in_addr address{};
  ASSERT_EQ(::inet_pton(AF_INET, ip.c_str(), &address), 1) << ip;
  const std::string port = fmt::format("sl{:08x}", ntohl(address.s_addr));
  ASSERT_TRUE(std::filesystem::exists("/sys/class/net/" + port));
  EXPECT_EQ(read_file("/proc/net/if_inet6").find(port), std::string::npos);
  runtime_->stop(plan.id);
  (void)inbox_.end(plan.id);
}

// A host that knows no way back to the pods' addresses hears only from the machine itself.
TEST_F(OciNetworkTest, ReachesOtherHostsByTheAddressOfThisMachine) {
  const std::string id = std::to_string(::getpid()), space = "slipway-test-" + id;
  const std::string make = "set -e; ip netns add " + space + "; ip link add slt" + id +
                           " type veth peer name eth0 netns " + space +
                           "; ip addr add 198.51.100.1/30 dev slt" + id + "; ip link set slt" + id +
                           " up; ip -n " + space + " addr add 198.51.100.2/30 dev eth0; ip -n " +
                           space + " link set eth0 up; echo outside > " + folder_ +
                           "/said; ip netns exec " + space + " /bin/busybox nc -l -p 7100 < " +
                           folder_ + "/said > /dev/null 2>&1 &";
  ASSERT_EQ(std::system(make.c_str()), 0);
  auto plan = oci("o37", "until nc 198.51.100.2 7100; do sleep 0.05; done");
  plan.active_deadline = Duration::seconds(15);
  const auto report = run(plan);
  EXPECT_EQ(report.result, "outside") << report.message << log_of("o37");
  std::system(("ip netns pids " + space + " | xargs -r kill; ip netns del " + space).c_str());
}

TEST_F(OciNetworkTest, ContainersReachEachOtherAndTheirNamesArePut) {
  auto server = oci("o21", "echo hi | nc -l -p 7000; sleep 0.1");
  runtime_->start(server);
  const auto running = inbox_.running(PodId("o21"));
  ASSERT_FALSE(running.pod_ip.empty());
  auto client = oci("o22", "grep friend /etc/hosts; until nc friend 7000; do sleep 0.05; done");
  client.host_aliases = {{.ip = running.pod_ip, .hostnames = {"friend"}}};
  const auto report = run(client);
  EXPECT_NE(report.result->find("hi"), std::string::npos) << log_of("o22");
  EXPECT_EQ(inbox_.end(PodId("o21")).phase, Phase::kSucceeded);
  auto host = oci("o23", "ls /sys/class/net");
  host.host_network = true;
  EXPECT_NE(run(host).result->find("slipway0"), std::string::npos);
}

}  // namespace
}  // namespace slipway::adapter
