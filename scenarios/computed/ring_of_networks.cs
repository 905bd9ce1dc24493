#:project ../MizarLab.Scenarios.csproj
#:property PublishAot=false
// Networks in a ring, each pinging the next: everything is counted out, so another size is another number here.
//
//     mizarlab run scenarios/computed/ring_of_networks.cs --on model,bpf
//     dotnet run scenarios/computed/ring_of_networks.cs               # the same as YAML
using MizarLab.Scenarios.Scripts;

const int networks = 4, endpointsEach = 2;

ScriptDocument ring = ScriptDocument.Scenario($"a ring of {networks} networks");
ring.Set("description", "Every network's endpoints ping those of the next, across the VPC's divider.");
ring.Set("topology.vpcs.blue", new { vni = 7, cidr = "10.0.0.0/16", dividers = new[] { "d0" } });
for (int n = 0; n < networks; n++)
{
    ring.Set($"topology.droplets.d{n}", new { });
    ring.Set($"topology.networks.n{n}", new { vpc = "blue", cidr = $"10.0.{n}.0/24", bouncers = new[] { $"d{n}" } });
    for (int e = 0; e < endpointsEach; e++)
    {
        ring.Set($"topology.endpoints.{Name(n, e)}", new { network = $"n{n}", address = $"10.0.{n}.{e + 2}", droplet = $"d{(n + e) % networks}" });
    }
}
for (int n = 0; n < networks; n++)
{
    for (int e = 0; e < endpointsEach; e++)
    {
        string from = Name(n, e), to = Name((n + 1) % networks, e);
        ring.Step(new { ping = new { from, to, count = 2 } });
        ring.Expect(new { reachable = new { from, to } });
    }
}
ring.Give();

static string Name(int network, int number) => $"e{network}-{number}";
