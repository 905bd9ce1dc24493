using System.Diagnostics;
using System.Globalization;
using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Packets;
using Xunit.Abstractions;

namespace MizarLab.Tests.Bpf;

/// <summary>How many hops a second the bpf data plane makes, and that a hop allocates nothing. The rate is printed and bars nothing.</summary>
public sealed class SpeedTests(ITestOutputHelper output)
{
    [RootFact]
    public void HopsASecond()
    {
        using BpfDataPlane bpf = new(1, "0000000d");
        BpfWorld.Write(bpf);
        byte[] ping = BpfWorld.Ping(BpfWorld.Local, BpfWorld.Remote);
        foreach ((string what, ProgramId program, byte[] bytes, Reason reason) in ((string, ProgramId, byte[], Reason)[])
        [
            ("agent to bouncer", ProgramId.Agent, ping, Reason.ToBouncer),
            ("bouncer to host", ProgramId.Transit, BpfWorld.OnWire(ping), Reason.ToHost),
            ("divider, learning", ProgramId.Transit, BpfWorld.OnWire(BpfWorld.Ping(BpfWorld.Local, BpfWorld.OtherNetwork)), Reason.NetworkToBouncer),
            ("delivered, 1500 bytes", ProgramId.Transit, BpfWorld.OnWire(BpfWorld.Ping(BpfWorld.Local, BpfWorld.Hosted, 1458)), Reason.Delivered),
        ])
        {
            bpf.Execute(() => Measure(bpf, what, program, bytes, reason));
        }
    }

    private void Measure(BpfDataPlane bpf, string what, ProgramId program, byte[] bytes, Reason reason)
    {
        const int hops = 100_000;
        Frame pristine = Frame.FromBytes(bytes);
        long allocated = 0;
        Stopwatch watch = new();
        for (int i = -1000; i < hops; i++)
        {
            if (i == 0)
            {
                allocated = GC.GetAllocatedBytesForCurrentThread();
                watch.Start();
            }
            Frame frame = pristine;
            if (bpf.Run(BpfWorld.Droplet, program, new AgentId(1), ref frame).Reason != reason)
            {
                Assert.Fail($"hop {i} took another way");
            }
        }
        watch.Stop();
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what,-22} {hops / watch.Elapsed.TotalSeconds,10:N0} hops/s  {watch.Elapsed.TotalMicroseconds / hops:N2} us a hop"));
        // Less than a byte a hop: the runtime may replace code it is in, and allocates for itself then.
        Assert.InRange(allocated, 0, hops);
    }
}
