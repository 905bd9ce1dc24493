using BenchmarkDotNet.Attributes;
using MizarLab.Benchmarks.DataPlane;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Overlay;
using MizarLab.Workload;

namespace MizarLab.Benchmarks.Runs;

/// <summary>
/// The whole simulator in steady state: an endpoint of the demo pings another over the direct path, from stack to stack, and nothing is recorded.
/// Six hops an echo: agent, divider, host, and back; by hop, two events, a link each way of the switch and a third of two stacks.
/// </summary>
[BenchmarkCategory(Categories.Run, Categories.Model)]
public class EchoStream
{
    private const int Hops = 6;

    private readonly byte[] payload = new byte[56];
    private SimulatedNetwork network = null!;
    private EndpointStack from = null!;
    private Endpoint to;
    private ushort sequence;

    [GlobalSetup]
    public void Setup()
    {
        Demo demo = new();
        ModelDataPlane model = new(demo.Droplets);
        demo.Plan.WriteInitial(model);
        network = new SimulatedNetwork(demo.Plan, model, new FabricOptions(Seed: 1, Calibration.None, Record: false));
        for (int i = 0; i < 2; i++)
        {
            network.Attach(new EndpointId(i), demo.Plan.Topology.Endpoints[i].Droplet);
        }
        from = network.StackOf(new EndpointId(0))!;
        to = demo.Plan.Topology.Endpoints[1];
        Echo();
        long before = network.Runs(Verdict.Redirect);
        Echo();
        WrongPathException.ThrowUnless(network.Runs(Verdict.Redirect) - before == Hops && network.FramesInFlight == 0, "an echo is not six hops");
    }

    [Benchmark(OperationsPerInvoke = Hops)]
    public RunEnd Echo()
    {
        from.Icmp.SendEcho(to.Address, id: 1, sequence++, payload);
        return network.Simulation.Run(SimTime.Never, eventLimit: 1_000, CancellationToken.None);
    }
}
