using MizarLab.DataPlane;
using MizarLab.Measure;
using MizarLab.Studies;

namespace MizarLab.Tests.Studies;

/// <summary>Runs a study and reads its measures by name.</summary>
internal static class Ran
{
    public static readonly DataPlaneSettings Mizar = DataPlaneSettings.Mizar, Lab = DataPlaneSettings.Lab;

    public static double Value(IStudy study, string measure, ulong seed = 1) =>
        Of(study, seed).Values[study.Measures.ToList().FindIndex(each => each.Name == measure)];

    public static StudyResult Of(IStudy study, ulong seed = 1) => study.Run(new StudyRun(seed, 1, CancellationToken.None));

    public static Moments Replicated(IStudy study, string measure, int replications)
    {
        Moments moments = default;
        for (ulong seed = 1; seed <= (ulong)replications; seed++)
        {
            moments.Add(Value(study, measure, seed));
        }
        return moments;
    }

    /// <summary>The same seed gives the same, and what is said to be exact asks no seed.</summary>
    public static void AssertRepeats(IStudy study)
    {
        StudyResult first = Of(study, 3);
        Assert.Equal(first.Fingerprint, Of(study, 3).Fingerprint);
        Assert.Equal(study.Measures.Length, first.Values.Length);
        if (study.IsExact)
        {
            Assert.Equal(first.Fingerprint, Of(study, 4).Fingerprint);
        }
    }
}
