#:project ../MizarLab.Scenarios.csproj
#:property PublishAot=false
// Tiers whose sizes share no factor use all their paths even with upstream's one hash: the sizes are counted out here, all triples up to a number of droplets.
//
//     mizarlab simulate scenarios/computed/coprime_counts.cs
using System.Numerics;
using MizarLab.Scenarios.Scripts;

const int droplets = 12;

Dictionary<string, object> tiers = [];
for (int near = 2; near <= droplets; near++)
{
    for (int dividers = near + 1; near + dividers <= droplets; dividers++)
    {
        for (int far = dividers + 1; near + dividers + far <= droplets; far++)
        {
            if (Share(near, dividers) == 1 && Share(dividers, far) == 1 && Share(near, far) == 1)
            {
                tiers[$"t{near}-{dividers}-{far}"] = new Dictionary<string, int> { ["study.bouncers"] = near, ["study.dividers"] = dividers, ["study.far_bouncers"] = far };
            }
        }
    }
}

ScriptDocument experiment = ScriptDocument.Experiment("Do coprime tiers use all their paths with one hash?");
experiment.Set("dialect", "mizar");
experiment.Set("study", new { paths = new { bouncers = 2, dividers = 3, far_bouncers = 5, pairs = 20_000 } });
experiment.Set("sweep.tiers", tiers);
experiment.Set("figure", new { x = "tiers", y = "distinct_paths" });
experiment.Claim(new { exact = new { measure = "distinct_paths", @is = "bouncers * dividers * far_bouncers", says = "Every triple is used" } });
experiment.Set("must_fail", new { put = new Dictionary<string, object?> { ["study.far_bouncers"] = 2 }, claims = new[] { 1 } });
experiment.Give();

static int Share(int a, int b) => (int)BigInteger.GreatestCommonDivisor(a, b);
