using FsCheck;
using FsCheck.Fluent;
using MizarLab.Observation;
using MizarLab.Reports;

namespace MizarLab.Tests.Reports;

public class FrameChangeTests
{
    private static readonly Sighting[] Runs =
        [.. SampleRun.Passing().Backends[0].Run!.Sightings.Where(s => s.Kind == SightingKind.Program).Take(5)];

    [Fact]
    public void EncapsulationAddsLayersAndLeavesTheFrameInside()
    {
        LayerChange[] layers = [.. FrameChange.Of(Runs[0].FrameIn, Runs[0].FrameOut)];
        Assert.Equal(
            [
                ("eth", ChangeKind.Added), ("ipv4", ChangeKind.Added), ("udp", ChangeKind.Added), ("geneve", ChangeKind.Added), ("mizar", ChangeKind.Added),
                ("inner eth", ChangeKind.Same), ("inner ipv4", ChangeKind.Same), ("inner icmp", ChangeKind.Same), ("inner payload", ChangeKind.Same),
            ],
            layers.Select(l => (l.Layer, l.Kind)));
    }

    [Fact]
    public void ForwardingChangesAddressesTtlAndChecksumOnly()
    {
        string[] changed = [.. FrameChange.Of(Runs[1].FrameIn, Runs[1].FrameOut)
            .SelectMany(l => l.Fields.Where(f => f.Kind != ChangeKind.Same).Select(f => $"{l.Layer} {f.Name} {f.Before} {f.After}"))];
        Assert.Equal(
            [
                "eth dst 02:42:ac:11:00:0d 02:42:ac:11:00:0f", "eth src 02:42:ac:11:00:0b 02:42:ac:11:00:0d", "ipv4 ttl 64 63",
                "ipv4 csum 0x21c5 0x22c1", "ipv4 src 172.17.0.11 172.17.0.13", "ipv4 dst 172.17.0.13 172.17.0.15",
            ],
            changed);
    }

    [Fact]
    public void DecapsulationRemovesLayers() =>
        Assert.Equal(5, FrameChange.Of(Runs[4].FrameIn, Runs[4].FrameOut).Count(l => l.Kind == ChangeKind.Removed));

    [Fact]
    public void AnyTwoFramesCanBeHeldAgainstEachOther()
    {
        byte[] real = Runs[1].FrameIn;
        // Mostly a real frame cut and hurt somewhere, for random bytes seldom get past Ethernet.
        Gen<byte[]> hurt = from cut in Gen.Choose(0, real.Length)
                           from at in Gen.Choose(0, real.Length)
                           from value in Gen.Choose(0, 255)
                           select real.Select((b, i) => i == at ? (byte)value : b).Take(cut).ToArray();
        Gen<byte[]> frames = Gen.OneOf(hurt, ArbMap.Default.GeneratorFor<byte[]>());
        Prop.ForAll(frames.ToArbitrary(), frames.ToArbitrary(), (left, right) =>
        {
            _ = FrameSummary.Of(left);
            LayerChange[] layers = [.. FrameChange.Of(left, right)];
            // Nothing is invented and nothing is lost: each side's fields are those of its frame.
            int before = layers.Sum(l => l.Fields.Count(f => f.Before is not null));
            int after = layers.Sum(l => l.Fields.Count(f => f.After is not null));
            return before == FrameFields.Of(left).Count() && after == FrameFields.Of(right).Count()
                && FrameChange.Of(left, left).All(l => l.Kind == ChangeKind.Same);
        }).QuickCheckThrowOnFailure();
    }
}
