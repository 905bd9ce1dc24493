using System.Collections.Immutable;
using MizarLab.Baselines;
using MizarLab.DataPlane;
using MizarLab.Management;
using MizarLab.Overlay;

namespace MizarLab.Tests.Baselines;

/// <summary>The messages taken from the row generators, against the updates that the real workflow sends when the same endpoints are created one after another.</summary>
public class ManagementMessagesTests
{
    [Theory]
    [InlineData(30, 6, 2, 2, 8)]
    [InlineData(41, 9, 3, 1, 20)]
    [InlineData(25, 5, 5, 3, 25)]
    [InlineData(24, 12, 1, 2, 6)]
    public void Every_endpoint_costs_what_the_workflow_that_creates_it_sends(int n, int h, int k, int d, int perNetwork)
    {
        foreach (DataPlaneSettings settings in (DataPlaneSettings[])[DataPlaneSettings.Mizar, DataPlaneSettings.Lab])
        {
            GeneratedTopology topology = new(new GeneratedShape(h, n)
            {
                EndpointsPerNetwork = perNetwork,
                NetworksPerVpc = (n + perNetwork - 1) / perNetwork,
                BouncersPerNetwork = k,
                DividersPerVpc = d,
            });
            Topology written = topology.WriteOut();
            written = written with { Endpoints = [.. written.Endpoints.Select(e => e with { Initially = false })] };
            Plan plan = Plan.Create(new Scenario
            {
                Name = "",
                File = "",
                Settings = settings,
                Topology = written,
                Timeline = [.. Enumerable.Range(0, n).Select(e => new CreateEndpointStep(new EndpointId(e)) { Name = $"s{e}", Where = default })],
                Expect = [],
            });
            ManagementMessages messages = ManagementMessages.Of(new GeneratedPlan(topology, settings));
            for (int e = 0; e < n; e++)
            {
                ImmutableArray<TableUpdate> updates = plan.StepUpdates[e];
                (int, int)[] told = [.. updates.GroupBy(u => u.Droplet.Index).OrderBy(g => g.Key).Select(g => (g.Key, g.Count()))];
                (int, int)[] counted = [.. Of(messages, e).OrderBy(m => m.Droplet).Select(m => (m.Droplet, m.Rows))];
                Assert.Equal(told, counted);
            }
        }
    }

    private static IEnumerable<ManagementMessage> Of(ManagementMessages messages, int endpoint)
    {
        for (int i = 0; i < messages.Count; i++)
        {
            if (messages[i].Endpoint == endpoint)
            {
                yield return messages[i];
            }
        }
    }
}
