using MizarLab.Management;
using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Language;

/// <summary><c>placement: { droplets: 100, roles: 4 }</c>.</summary>
internal static class PlacementKeys
{
    private const int MostDroplets = 100_000, MostNetworks = 1_000_000;

    private static readonly Key<int> Droplets = Key.Needs("droplets", new IntegerShape("a number of droplets", 1, MostDroplets), "Droplets to choose from.");
    private static readonly Key<int> Roles = Key.Needs("roles", StudyWords.Holders, "Bouncers of each network.");
    private static readonly Key<PlacementStrategy> Strategy = Key.Has(
        "strategy",
        new ChoiceShape<PlacementStrategy>("a strategy", ("round_robin", PlacementStrategy.RoundRobin), ("spread", PlacementStrategy.Spread), ("upstream_random", PlacementStrategy.UpstreamRandom)),
        PlacementStrategy.UpstreamRandom,
        "How droplets are chosen: upstream_random draws them with replacement.");
    private static readonly Key<int> Networks = Key.Has("networks", new IntegerShape("a number of networks", 1, MostNetworks), 10_000, "Networks whose bouncers are placed.");

    public static readonly StudyKind Kind = new(
        new RecordShape("placement", "How often bouncers of one network meet on one droplet.", Droplets, Roles, Strategy, Networks),
        (fields, context) =>
        {
            (int droplets, int roles) = (fields.Get(Droplets), fields.Get(Roles));
            if (fields.Get(Strategy) != PlacementStrategy.UpstreamRandom && roles > droplets)
            {
                context.Diagnostics.Report(fields.PlaceOf(Roles), $"{roles} bouncers on {droplets} droplets, none of them twice", $"at most {droplets}");
                return null;
            }
            return new PlacementStudy(droplets, roles, fields.Get(Strategy), fields.Get(Networks));
        });
}
