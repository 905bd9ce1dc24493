using MizarLab.DataPlane;
using MizarLab.Studies;

namespace MizarLab.Tests.Experiments;

/// <summary>The closed forms of spec 12 finding 4 on the study itself, with ten seeds.</summary>
public sealed class PathStudyTests
{
    [Theory]
    [InlineData(4, 4, 4, 4, 64)]
    [InlineData(8, 4, 2, 8, 64)]
    [InlineData(4, 3, 5, 60, 60)]
    [InlineData(1, 1, 1, 1, 1)]
    public void One_hash_uses_the_least_common_multiple_and_a_hash_a_tier_the_product(int bouncers, int dividers, int far, int shared, int apart)
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            StudyRun run = new(seed, 1, CancellationToken.None);
            Assert.Equal(shared, new PathStudy(bouncers, dividers, far, 20_000, DataPlaneSettings.Mizar).Run(run).Values[0]);
            Assert.Equal(apart, new PathStudy(bouncers, dividers, far, 20_000, DataPlaneSettings.Lab).Run(run).Values[0]);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_and_another_another()
    {
        PathStudy study = new(4, 4, 4, 1_000, DataPlaneSettings.Lab);
        UInt128 Of(ulong seed) => study.Run(new StudyRun(seed, 1, CancellationToken.None)).Fingerprint;
        Assert.Equal(Of(1), Of(1));
        Assert.NotEqual(Of(1), Of(2));
    }
}
