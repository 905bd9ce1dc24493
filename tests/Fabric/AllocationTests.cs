using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Workload;

namespace MizarLab.Tests.Fabric;

public sealed class AllocationTests
{
    [Fact]
    public void Without_a_record_a_hop_allocates_nothing_from_stack_to_stack()
    {
        TestNet net = new TestNet()
            .Droplets("left", "right", "switch", "switch2", "router")
            .Vpc("blue", 3, "10.0.0.0/16", "router")
            .Network("net10", "blue", "10.0.0.0/24", "switch")
            .Network("net20", "blue", "10.0.20.0/24", "switch2")
            .Endpoint("a", "net10", "10.0.0.2", "left")
            .Endpoint("c", "net20", "10.0.20.3", "right");
        Plan plan = net.Build();
        ModelDataPlane model = new(plan.Topology.Droplets.Length);
        plan.WriteInitial(model);
        SimulatedNetwork network = new(plan, model, new FabricOptions(1, Calibration.None, Record: false));
        network.Attach(new EndpointId(0), new DropletId(0));
        network.Attach(new EndpointId(1), new DropletId(1));
        byte[] payload = new byte[200];
        Echo(1); // ARP, and what is learned
        // Tables, queues and stores grow to what they need; and code that is not optimised yet boxes keys when it compares them with null.
        long allocated = long.MaxValue;
        for (int attempt = 0; attempt < 300 && allocated > 0; attempt++)
        {
            Thread.Sleep(attempt == 0 ? 0 : 100);
            long hops = network.Hops;
            long before = GC.GetAllocatedBytesForCurrentThread();
            Echo(1000);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(6000, network.Hops - hops);
        }
        Assert.Equal(0, allocated);
        Assert.Empty(network.Sightings);

        void Echo(int count)
        {
            EndpointStack stack = network.StackOf(new EndpointId(0))!;
            for (int i = 0; i < count; i++)
            {
                stack.Icmp.SendEcho(plan.Topology.Endpoints[1].Address, id: 1, (ushort)i, payload);
                network.Simulation.Run(SimTime.Never, 1_000_000, CancellationToken.None);
            }
        }
    }
}
