using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Packets;
using MizarLab.Tests.DataPlane;

namespace MizarLab.Tests.Bpf;

/// <summary>A frame whose payload is virtual gets real bytes for the kernel, and is the model's again to the last of them.</summary>
public sealed class VirtualPayloadTests
{
    [RootFact]
    public void TheKernelSeesTheBytesTheModelNeverHad()
    {
        BpfOptions options = new() { Settings = DataPlaneSettings.Lab };
        using BpfDataPlane bpf = new(1, "000000b7", options);
        LabWorld model = new();
        bpf.Execute(() =>
        {
            LabWorld kernel = new(bpf);
            foreach (int payload in new[] { 0, 1, 300, 350, 1_000, 1_386 })
            {
                Frame light = Frame.FromVirtual(Headers(payload), payload, content: (ulong)payload);
                Frame real = light;
                ProgramResult expected = model.Plane.Run(LabWorld.Droplet, ProgramId.Agent, LabWorld.Agent, ref light);
                Assert.Equal(expected, kernel.Plane.Run(LabWorld.Droplet, ProgramId.Agent, LabWorld.Agent, ref real));
                Assert.Equal((Verdict.Redirect, Reason.ToBouncer), (expected.Verdict, expected.Reason));
                Assert.Equal(light.ToBytes(), real.ToBytes());
                Assert.Equal(payload > 0, real.HasVirtualPayload);
            }
        });
    }

    private static byte[] Headers(int payload)
    {
        byte[] whole = new PacketBuilder()
            .Ethernet(LabWorld.RemoteMac, LabWorld.HostedMac)
            .Ipv4(new Ipv4Address(LabWorld.Hosted), new Ipv4Address(LabWorld.Remote))
            .Udp(5_000, 53).Bytes(new byte[payload]).ToBytes();
        return whole[..^payload];
    }
}
