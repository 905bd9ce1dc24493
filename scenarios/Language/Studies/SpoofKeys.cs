using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Language;

/// <summary><c>spoof: { place: endpoint, senders: 20, forged: 10 }</c>.</summary>
internal static class SpoofKeys
{
    private const int MostSenders = 1_000;

    private static readonly Key<SpoofPlace> Place = Key.Has(
        "place",
        new ChoiceShape<SpoofPlace>("where the forger sits", ("endpoint", SpoofPlace.Endpoint), ("underlay", SpoofPlace.Underlay)),
        SpoofPlace.Endpoint,
        "Where the forger sits: an endpoint of the same network, or a machine of the underlay that is no droplet.");
    private static readonly Key<int> Senders = Key.Has("senders", new IntegerShape("a number of senders", 1, MostSenders), 50, "Endpoints that send to the victim, each on a droplet of its own.");
    private static readonly Key<int> Forged = Key.Has("forged", new IntegerShape("a number of senders", 0, MostSenders), 50, "Of them, those that get a forged packet before.");

    public static readonly StudyKind Kind = new(
        new RecordShape("spoof", "Poisoning the direct path by packets that name another way back.", Place, Senders, Forged),
        (fields, context) =>
        {
            (int senders, int forged) = (fields.Get(Senders), fields.Get(Forged));
            if (forged > senders)
            {
                context.Diagnostics.Report(fields.PlaceOf(Forged), $"{forged} of {senders} senders", $"at most {senders}");
                return null;
            }
            return new SpoofStudy(fields.Get(Place), senders, forged, context.Settings);
        });
}
