using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;
using W = MizarLab.Scenarios.Language.ArchitectureWords;

namespace MizarLab.Scenarios.Language;

/// <summary><c>role_change: { endpoints: 1_000, hosts: 100 }</c>.</summary>
internal static class RoleChangeKeys
{
    private static readonly Key<int> Endpoints = Key.Needs("endpoints", new IntegerShape("a number of endpoints", 1, 200_000), "Of the network.");
    private static readonly Key<int> Hosts = Key.Has("hosts", new IntegerShape("a number of hosts", 2, 10_000), 100, "They lie on; roles too.");

    public static readonly StudyKind Kind = new(
        new RecordShape("role_change", "What the management plane sends for another endpoint, bouncer or divider.", Endpoints, Hosts, W.Bouncers, W.Dividers),
        (fields, context) =>
        {
            int roles = fields.Get(W.Bouncers) + fields.Get(W.Dividers);
            if (fields.Get(Hosts) < roles + 2)
            {
                context.Diagnostics.Report(fields.PlaceOf(Hosts), $"{fields.Get(Hosts)} hosts", $"at least {roles + 2}: the new role needs a droplet without one");
                return null;
            }
            return new RoleChangeStudy(fields.Get(Endpoints), fields.Get(Hosts), fields.Get(W.Bouncers), fields.Get(W.Dividers), context.Settings);
        });
}
