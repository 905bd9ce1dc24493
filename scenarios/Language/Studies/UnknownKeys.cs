using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;
using W = MizarLab.Scenarios.Language.ArchitectureWords;

namespace MizarLab.Scenarios.Language;

/// <summary><c>unknown: { architecture: mizar, ttl: 64, probes: 100 }</c>.</summary>
internal static class UnknownKeys
{
    private const int MostProbes = 10_000;
    private const int LargestTtl = 255;

    private static readonly Key<UnknownTarget> Target = Key.Has(
        "target",
        new ChoiceShape<UnknownTarget>(
            "what nobody is", ("own_network", UnknownTarget.OwnNetwork), ("other_network", UnknownTarget.OtherNetwork), ("arp", UnknownTarget.Arp), ("broadcast", UnknownTarget.Broadcast)),
        UnknownTarget.OwnNetwork,
        "What is asked for: an address of the sender's network or another, by ARP, or the network's last address.");
    private static readonly Key<int> Ttl = Key.Has("ttl", new IntegerShape("a TTL", 2, LargestTtl), 64, "Of the endpoint's packets.");
    private static readonly Key<int> Probes = Key.Has("probes", new IntegerShape("a number of probes", 1, MostProbes), 100, "Addresses asked for, one after the other.");
    private static readonly Key<int> Bouncers = Key.Has("bouncers", StudyWords.Holders, 2, "Bouncers of each network.");
    private static readonly Key<int> Dividers = Key.Has("dividers", StudyWords.Holders, 2, "Dividers of the VPC.");

    private static readonly Key<int> Hosts = Key.Has("hosts", new IntegerShape("a number of hosts", 2, 50_000), 100, "Of the network, for who floods.");

    public static readonly StudyKind Kind = new(
        new RecordShape("unknown", "What a scan of addresses nobody has puts on the underlay.", W.Architecture, Target, Ttl, Probes, Bouncers, Dividers, Hosts),
        (fields, context) => new UnknownStudy(fields.Get(W.Architecture), fields.Get(Hosts), fields.Get(Target), fields.Get(Ttl), fields.Get(Probes), fields.Get(Bouncers), fields.Get(Dividers), context.Settings));
}
